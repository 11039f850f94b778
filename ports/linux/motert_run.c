/* From a module's bytes to an exit status: one runtime, one instance, one agent, and what may interrupt it (deadline, Ctrl-C). */
#include "motert_run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "hal/clock.h"
#include "motert_files.h"
#include "motert_invoke.h"
#include "motert_report.h"

/* Everything is stored here as soon as it exists, so one `end` takes any half-built session. */
struct session {
    const struct motert_options *options;
    struct mote_runtime *runtime;
    struct mote_vfs *files;
    struct mote_wasi *wasi;
    struct mote_module *module;
    struct mote_agent *agent;
    struct mote_instance *instance;
    struct motert_times times;
};

/* Whom Ctrl-C interrupts: a signal handler has no argument of its own. */
static struct mote_agent *volatile interruptible;

/* The next one ends the process in any case. */
static void on_interrupt(int number)
{
    signal(number, SIG_DFL);
    if (interruptible) {
        mote_agent_interrupt(interruptible, MOTE_TRAP_INTERRUPTED);
    }
}

static void on_deadline(void *agent)
{
    mote_agent_interrupt(agent, MOTE_TRAP_DEADLINE);
}

static void *resize_block(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user, (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static int fail(const struct motert_options *options, const char *what, enum mote_error error)
{
    fprintf(stderr, "motert: %s: %s: %s\n", options->file, what, mote_error_text(error));
    return MOTERT_FAILED;
}

static int make_runtime(struct session *session)
{
    struct mote_runtime_options options = {
        .allocator = {resize_block, NULL},
        .memory_limit_bytes = session->options->memory_limit_bytes,
        .native = session->options->native,
        .allow_unchecked = session->options->allow_unchecked,
    };
    enum mote_error error = mote_runtime_new(&options, &session->runtime);
    return error == MOTE_ERROR_NONE ? MOTERT_OK : fail(session->options, "cannot start the runtime", error);
}

/* The guest sees all of the image as "/". */
static const struct mote_wasi_preopen all_files = {"/", "/", false};

static int offer_wasi(struct session *session)
{
    const struct motert_options *from = session->options;
    struct mote_allocator allocator = {resize_block, NULL};
    int status = motert_files_open(from, &allocator, &session->files);
    if (status != MOTERT_OK) {
        return status;
    }
    struct mote_wasi_options options = {
        .args = (const char *const *)from->args,
        .arg_count = from->arg_count,
        .environ = (const char *const *)from->environ,
        .environ_count = from->environ_count,
        .files = session->files,
        .preopens = &all_files,
        .preopen_count = session->files ? 1 : 0,
    };
    enum mote_error error = mote_wasi_new(session->runtime, &options, &session->wasi);
    return error == MOTE_ERROR_NONE ? MOTERT_OK : fail(from, "cannot offer WASI", error);
}

static int load(struct session *session, const struct motert_file *file)
{
    struct mote_diag diag = {.offset = MOTE_NO_INDEX, .funcidx = MOTE_NO_INDEX};
    enum mote_error error = mote_module_load(session->runtime, file->bytes, file->size_bytes, &session->module, &diag);
    if (error != MOTE_ERROR_NONE) {
        fputs("motert: ", stderr);
        motert_report_error(session->options->file, error, &diag);
        return MOTERT_FAILED;
    }
    if (diag.message[0]) {
        fprintf(stderr, "motert: warning: %s: native section not used: %s; interpreting\n", session->options->file, diag.message);
    }
    return MOTERT_OK;
}

static int make_agent(struct session *session)
{
    enum mote_error error = mote_agent_new(session->runtime, session->options->stack_bytes, &session->agent);
    if (error != MOTE_ERROR_NONE) {
        return fail(session->options, "cannot make the stack (--stack-size)", error);
    }
    interruptible = session->agent;
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_interrupt}, NULL);
    if (session->options->timeout_ns > 0 && !hal_clock_alarm_start(session->options->timeout_ns, on_deadline, session->agent)) {
        fprintf(stderr, "motert: --timeout: this machine has no timer to spare; leave --timeout out\n");
        return MOTERT_FAILED;
    }
    return MOTERT_OK;
}

static struct motert_target target_of(const struct session *session)
{
    return (struct motert_target){session->options, session->instance, session->agent, session->wasi};
}

/* MOTERT_GO_ON: instantiated. The start function may have ended the program, even with status 0. */
static int instantiate(struct session *session)
{
    struct mote_diag diag = {.offset = MOTE_NO_INDEX, .funcidx = MOTE_NO_INDEX};
    uint64_t before_ns = hal_clock_now_ns();
    enum mote_error error = mote_instance_new(session->module, session->agent, &session->instance, &diag);
    session->times.instantiate_ns = hal_clock_now_ns() - before_ns;
    if (error == MOTE_ERROR_NONE) {
        return MOTERT_GO_ON;
    }
    if (error == MOTE_ERROR_TRAPPED) {
        struct motert_target target = target_of(session);
        return motert_ended(&target);
    }
    fputs("motert: ", stderr);
    motert_report_error(session->options->file, error, &diag);
    return MOTERT_FAILED;
}

static int run(struct session *session)
{
    struct motert_target target = target_of(session);
    uint64_t before_ns = hal_clock_now_ns();
    int status = session->options->invoke ? motert_invoke(&target) : motert_start(&target);
    session->times.run_ns = hal_clock_now_ns() - before_ns;
    return status;
}

static int run_all(struct session *session, const struct motert_file *file)
{
    int status = make_runtime(session);
    if (status == MOTERT_OK) {
        status = offer_wasi(session);
    }
    if (status == MOTERT_OK) {
        status = load(session, file);
    }
    if (status == MOTERT_OK) {
        status = make_agent(session);
    }
    if (status == MOTERT_OK) {
        status = instantiate(session);
    }
    return status == MOTERT_GO_ON ? run(session) : status;
}

static void end(struct session *session)
{
    hal_clock_alarm_stop();
    interruptible = NULL;
    mote_instance_free(session->instance);
    mote_agent_free(session->agent);
    mote_module_unload(session->module);
    mote_wasi_free(session->wasi);
    motert_files_close(session->files);
    mote_runtime_free(session->runtime);
}

int motert_run(const struct motert_options *options, const struct motert_file *file)
{
    struct session session = {.options = options};
    int status = run_all(&session, file);
    if (options->stats && session.module) {
        motert_report_stats(session.runtime, session.module, &session.times);
    }
    end(&session);
    return status;
}

int motert_validate(const struct motert_options *options, const struct motert_file *file)
{
    struct session session = {.options = options};
    struct mote_diag diag = {.offset = MOTE_NO_INDEX, .funcidx = MOTE_NO_INDEX};
    int status = make_runtime(&session);
    if (status != MOTERT_OK) {
        return status;
    }
    uint64_t before_ns = hal_clock_now_ns();
    enum mote_error error = mote_module_validate(session.runtime, file->bytes, file->size_bytes, &diag);
    session.times.load_ns = hal_clock_now_ns() - before_ns;
    if (error != MOTE_ERROR_NONE) {
        motert_report_error(options->file, error, &diag);
    }
    if (options->stats) {
        motert_report_stats(session.runtime, NULL, &session.times);
    }
    end(&session);
    return error == MOTE_ERROR_NONE ? MOTERT_OK : MOTERT_FAILED;
}

/* Commands of the console about modules and their runs. */
#include "base/bits.h"
#include "base/config.h"
#include "shell/command.h"
#include "shell/words.h"

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

static bool list_packages(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_package package;
    if (!mote_app_package(job->app, job->round, &package)) {
        return false;
    }
    mote_text_format(page, "%20s %10s %8u %s%s", package.name, package.version, package.size_bytes, package.engine,
                     package.is_disabled ? ", disabled" : package.is_autostarted ? ", autostart" : "");
    if (package.has_previous) {
        mote_text_format(page, ", before: %s", package.previous_version);
    }
    mote_text_string(page, "\n");
    return true;
}

/* How a run ended, or that it has not. */
static void print_state(const struct mote_app_run *run, struct mote_text *page)
{
    const char *state = mote_run_state_word(run->state);
    if (run->state == MOTE_RUN_EXITED) {
        mote_text_format(page, "%s %u\n", state, run->exit_code);
    } else if (run->state == MOTE_RUN_TRAPPED) {
        mote_text_format(page, "%s: %s\n", state, mote_trap_text(run->trap));
    } else {
        mote_text_format(page, "%s\n", state);
    }
}

static bool list_runs(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_run run;
    if (mote_app_run(job->app, job->round, &run)) {
        mote_text_format(page, "%5u %20s %11s %u s, %u bytes, ", run.id, run.name, run.engine, run.up_ms / 1000,
                         run.memory_bytes + run.other_bytes);
        print_state(&run, page);
    }
    return job->round + 1 < MOTE_APP_RUNS;
}

/* ---- Runs -------------------------------------------------------------------------------------------------------- */

static bool start(struct mote_job *job, struct mote_text *page, bool is_attached)
{
    struct mote_diag diag = {0};
    struct mote_app_start options = {
        .name = job->argv[1],
        .args = job->argc > 2 ? job->argv[2] : NULL,
        .arg_count = job->argc - 2u,
        .is_attached = is_attached,
    };
    enum mote_error error = mote_app_start(job->app, &options, &job->run, &diag);
    if (error != MOTE_ERROR_NONE) {
        job->run = 0;
        return mote_job_fail(job, page, job->argv[1], diag.message[0] ? diag.message : mote_error_text(error));
    }
    return true;
}

static bool start_in_background(struct mote_job *job, struct mote_text *page)
{
    if (start(job, page, false)) {
        mote_text_format(page, "started %u\n", job->run);
    }
    job->run = 0;
    return false;
}

/* Moves what the run has printed to the page. */
static bool pass_output(struct mote_job *job, struct mote_text *page)
{
    for (unsigned stream = 1; stream <= 2; stream++) {
        page->at += mote_app_output(job->app, job->run, stream, page->at, (uint32_t)(page->end - page->at));
    }
    return page->at > page->end - MOTE_PAGE_BYTES;
}

static bool run_in_foreground(struct mote_job *job, struct mote_text *page)
{
    if (!job->is_on_console) {
        return mote_job_fail(job, page, "run", "only on the console; use start and log");
    }
    if (job->run == 0) {
        return start(job, page, true);
    }
    struct mote_app_run run;
    bool is_there = mote_app_find_run(job->app, job->run, &run);
    if (pass_output(job, page) || (is_there && run.state == MOTE_RUN_RUNNING)) {
        return true;
    }
    job->status = !is_there || run.state != MOTE_RUN_EXITED || run.exit_code != 0;
    if (is_there && job->status != 0) {
        job->wants_line = true;
        mote_text_format(page, "%s: ", job->argv[1]);
        print_state(&run, page);
    }
    return false;
}

/* A run by its number or by the name of its module; 0 when there is none, which is said. */
static uint32_t find_run(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_run run;
    uint32_t id;
    if (!mote_parse_number(job->argv[1], &id) || !mote_app_find_run(job->app, id, &run)) {
        id = mote_app_run_of(job->app, job->argv[1]);
    }
    if (id == 0) {
        mote_job_fail(job, page, job->argv[1], "no such run");
    }
    return id;
}

static bool stop_run(struct mote_job *job, struct mote_text *page)
{
    uint32_t id = find_run(job, page);
    return id != 0 && mote_job_check(job, page, job->argv[1], mote_app_stop(job->app, id));
}

static bool print_log(struct mote_job *job, struct mote_text *page)
{
    uint32_t id = find_run(job, page);
    if (id == 0) {
        return false;
    }
    uint32_t count = mote_app_log(job->app, id, &job->at, page->at, (uint32_t)(page->end - page->at));
    page->at += count;
    job->at += count;
    return count > 0;
}

/* ---- Packages ---------------------------------------------------------------------------------------------------- */

static bool remove_package(struct mote_job *job, struct mote_text *page)
{
    return mote_job_check(job, page, job->argv[1], mote_app_remove(job->app, job->argv[1]));
}

static bool roll_back(struct mote_job *job, struct mote_text *page)
{
    return mote_job_check(job, page, job->argv[1], mote_app_rollback(job->app, job->argv[1]));
}

static bool enable(struct mote_job *job, struct mote_text *page)
{
    return mote_job_check(job, page, job->argv[1], mote_app_enable(job->app, job->argv[1], true));
}

static bool disable(struct mote_job *job, struct mote_text *page)
{
    return mote_job_check(job, page, job->argv[1], mote_app_enable(job->app, job->argv[1], false));
}

static const struct mote_command commands[] = {
    {"ls", "", "installed modules", 0, 0, list_packages},
    {"run", "NAME [ARG...]", "runs a module here; Ctrl-C stops it", 1, MOTE_JOB_ARGS, run_in_foreground},
    {"start", "NAME [ARG...]", "runs a module in the background", 1, MOTE_JOB_ARGS, start_in_background},
    {"ps", "", "what runs and what has run", 0, 0, list_runs},
    {"kill", "ID|NAME", "stops a run", 1, 1, stop_run},
    {"log", "ID|NAME", "the last that a run in the background printed", 1, 1, print_log},
    {"rm", "NAME", "removes a module", 1, 1, remove_package},
    {"rollback", "NAME", "goes back to the version before", 1, 1, roll_back},
    {"enable", "NAME", "starts it with the device from now on", 1, 1, enable},
    {"disable", "NAME", "does not", 1, 1, disable},
};

const struct mote_command_group mote_commands_module = {commands, MOTE_COUNT(commands)};

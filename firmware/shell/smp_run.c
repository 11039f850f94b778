/* Group 64: starting, stopping and watching runs, and their streams. */
#include "base/bits.h"
#include "base/text.h"
#include "shell/smp_module.h"
#include "shell/words.h"

/* The run that a request is about, by `id` or by `name` of its module; a result. */
static int take_run(struct mote_smp *smp, const struct mote_cbor_item *body, struct mote_app_run *run)
{
    uint32_t id = 0;
    if (!mote_smp_find_u32(body, "id", 0, &id)) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "id is no number");
    }
    if (id == 0) {
        char name[MOTE_STORE_NAME_BYTES];
        int result = mote_smp_take_name(smp, body, name);
        if (result != 0) {
            return result;
        }
        id = mote_app_run_of(smp->app, name);
    }
    bool is_there = id != 0 && mote_app_find_run(smp->app, id, run);
    return is_there ? 0 : mote_smp_refuse(smp, MOTE_RC_NOT_FOUND, "no such run");
}

/* Puts the texts of the list `args` one after the other; a result. */
static int take_args(struct mote_smp *smp, const struct mote_cbor_item *body, char args[MOTE_APP_ARGS_BYTES], struct mote_app_start *start)
{
    struct mote_cbor_item list = mote_cbor_find(body, "args");
    size_t at = 0;
    if (list.kind == MOTE_CBOR_END) {
        return 0;
    }
    struct mote_cbor_item arg;
    while ((arg = mote_cbor_next(&list.items)).kind == MOTE_CBOR_TEXT) {
        if (arg.size >= MOTE_APP_ARGS_BYTES - at) {
            return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "the arguments are too long");
        }
        memcpy(args + at, arg.bytes, arg.size);
        at += arg.size;
        args[at++] = '\0';
        start->arg_count++;
    }
    start->args = args;
    bool is_right = list.kind == MOTE_CBOR_LIST && arg.kind == MOTE_CBOR_END;
    return is_right ? 0 : mote_smp_refuse(smp, MOTE_RC_MALFORMED, "args is no list of texts");
}

int mote_smp_start(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[MOTE_STORE_NAME_BYTES], args[MOTE_APP_ARGS_BYTES];
    struct mote_app_start start = {.name = NULL};
    uint32_t id = 0;
    int result = take_args(smp, body, args, &start);
    if (result == 0 && mote_cbor_find(body, "name").kind != MOTE_CBOR_END) {
        result = mote_smp_take_name(smp, body, name);
        start.name = name;
    }
    if (result != 0) {
        return result;
    }
    mote_cbor_find_bool(body, "attach", &start.is_attached);
    mote_cbor_find_bool(body, "interp", &start.is_interpreted);
    result = mote_smp_result(smp, mote_app_start(smp->app, &start, &id, &smp->diag));
    mote_smp_put_uint(smp, "id", id);
    return result;
}

int mote_smp_stop(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_app_run run;
    int result = take_run(smp, body, &run);
    return result ? result : mote_smp_result(smp, mote_app_stop(smp->app, run.id));
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

static void put_state(struct mote_smp *smp, const struct mote_app_run *run)
{
    mote_smp_put_text(smp, "state", mote_run_state_word(run->state));
    if (run->state == MOTE_RUN_EXITED) {
        mote_smp_put_uint(smp, "exit", run->exit_code);
    } else if (run->state == MOTE_RUN_TRAPPED) {
        mote_smp_put_text(smp, "trap", mote_trap_text(run->trap));
    }
}

int mote_smp_tell_runs(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_cbor_put_text(&smp->out, "runs");
    mote_cbor_begin_list(&smp->out);
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_run run;
        if (!mote_app_run(smp->app, i, &run)) {
            continue;
        }
        mote_cbor_begin_map(&smp->out);
        mote_smp_put_uint(smp, "id", run.id);
        mote_smp_put_text(smp, "n", run.name);
        mote_smp_put_text(smp, "engine", run.engine);
        mote_smp_put_uint(smp, "up", run.up_ms);
        mote_smp_put_uint(smp, "mem", run.memory_bytes);
        mote_smp_put_uint(smp, "other", run.other_bytes);
        mote_smp_put_uint(smp, "stack_unused", run.stack_unused_bytes);
        mote_smp_put_uint(smp, "restarts", run.restarts);
        put_state(smp, &run);
        mote_cbor_end(&smp->out);
    }
    mote_cbor_end(&smp->out);
    return 0;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

#define STATE_BYTES 80 /* room for what follows the output in a response */

/* Takes up to *max bytes of a stream into the response, and lowers *max by them. */
static void put_stream(struct mote_smp *smp, const char *key, uint32_t id, unsigned stream, uint32_t *max, size_t spare)
{
    size_t room;
    uint8_t *data = mote_smp_room(smp, key, spare, &room);
    uint32_t wanted = room < *max ? (uint32_t)room : *max;
    uint32_t count = mote_app_output(smp->app, id, stream, data, wanted);
    mote_smp_put_bytes(smp, key, data, count);
    *max -= count;
}

int mote_smp_stream(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_app_run run;
    const uint8_t *input;
    size_t size = 0;
    uint32_t max, taken = 0;
    bool is_end = false, is_detached = false;
    int result = take_run(smp, body, &run);
    if (result == 0 && !mote_smp_find_u32(body, "max", UINT32_MAX, &max)) {
        result = mote_smp_refuse(smp, MOTE_RC_MALFORMED, "max is no number");
    }
    if (result != 0) {
        return result;
    }
    if (mote_cbor_find_bytes(body, "in", &input, &size)) {
        taken = mote_app_input(smp->app, run.id, input, (uint32_t)size);
    }
    if (mote_cbor_find_bool(body, "eof", &is_end) && is_end && taken == size) {
        mote_app_input_end(smp->app, run.id);
    }
    mote_smp_put_uint(smp, "in", taken);
    put_stream(smp, "out", run.id, 1, &max, STATE_BYTES);
    put_stream(smp, "err", run.id, 2, &max, STATE_BYTES - 10);
    put_state(smp, &run);
    if (mote_cbor_find_bool(body, "detach", &is_detached) && is_detached) {
        mote_app_detach(smp->app, run.id);
    }
    return 0;
}

int mote_smp_tell_log(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_app_run run;
    uint32_t from;
    int result = take_run(smp, body, &run);
    if (result == 0 && !mote_smp_find_u32(body, "from", 0, &from)) {
        result = mote_smp_refuse(smp, MOTE_RC_MALFORMED, "from is no number");
    }
    if (result != 0) {
        return result;
    }
    size_t room;
    uint8_t *data = mote_smp_room(smp, "data", 12, &room);
    uint32_t count = mote_app_log(smp->app, run.id, &from, data, (uint32_t)room);
    mote_smp_put_bytes(smp, "data", data, count);
    mote_smp_put_uint(smp, "from", from);
    return 0;
}

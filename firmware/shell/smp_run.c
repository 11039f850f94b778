/* Group 64: starting, stopping and watching runs, and their streams. */
#include "base/bits.h"
#include "shell/smp_module.h"
#include "shell/words.h"

/* The run that a request is about, by `id` or by `name` of its module; a result. */
static int take_run(struct mote_smp *smp, const struct mote_cbor_item *body, struct mote_app_run *run)
{
    uint32_t id;
    char name[MOTE_STORE_NAME_BYTES];
    if (!mote_smp_find_u32(body, "id", 0, &id)) {
        return mote_smp_malformed(smp);
    }
    if (id == 0) {
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
    struct mote_cbor_item arg;
    size_t at = 0;
    if (list.kind == MOTE_CBOR_END) {
        return 0;
    }
    while ((arg = mote_cbor_next(&list.items)).kind == MOTE_CBOR_TEXT && arg.size < MOTE_APP_ARGS_BYTES - at) {
        memcpy(args + at, arg.bytes, arg.size);
        at += arg.size;
        args[at++] = '\0';
        start->arg_count++;
    }
    start->args = args;
    return list.kind == MOTE_CBOR_LIST && arg.kind == MOTE_CBOR_END ? 0 : mote_smp_malformed(smp);
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
    mote_smp_put(smp, "id=u", id);
    return result;
}

int mote_smp_stop(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_app_run run;
    int result = take_run(smp, body, &run);
    return result ? result : mote_smp_result(smp, mote_app_stop(smp->app, run.id));
}

/* ---- What runs --------------------------------------------------------------------------------------------------- */

static void put_state(struct mote_smp *smp, const struct mote_app_run *run)
{
    mote_smp_put(smp, "state=s", mote_run_state_word(run->state));
    if (run->state == MOTE_RUN_EXITED) {
        mote_smp_put(smp, "exit=u", run->exit_code);
    } else if (run->state == MOTE_RUN_TRAPPED) {
        mote_smp_put(smp, "trap=s", mote_trap_text(run->trap));
    }
}

int mote_smp_tell_runs(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put(smp, "runs=[");
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_run run;
        if (mote_app_run(smp->app, i, &run)) {
            mote_smp_put(smp, "{id=u n=s engine=s up=u mem=u other=u stack_unused=u restarts=u", run.id, run.name, run.engine, run.up_ms,
                         run.memory_bytes, run.other_bytes, run.stack_unused_bytes, run.restarts);
            put_state(smp, &run);
            mote_smp_put(smp, "}");
        }
    }
    mote_smp_put(smp, "]");
    return 0;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

#define STATE_BYTES 80 /* room for what follows the output in a response */

/* Takes up to *max bytes of a stream into the response, and lowers *max by them. */
static void put_stream(struct mote_smp *smp, const char *key, uint32_t id, unsigned stream, uint32_t *max)
{
    size_t room;
    uint8_t *data = mote_smp_room(smp, STATE_BYTES, &room);
    uint32_t count = mote_app_output(smp->app, id, stream, data, room < *max ? (uint32_t)room : *max);
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
        result = mote_smp_malformed(smp);
    }
    if (result != 0) {
        return result;
    }
    if (mote_cbor_find_bytes(body, "in", &input, &size)) {
        taken = mote_app_input(smp->app, run.id, input, (uint32_t)size);
    }
    mote_cbor_find_bool(body, "eof", &is_end);
    if (is_end && taken == size) {
        mote_app_input_end(smp->app, run.id);
    }
    mote_smp_put(smp, "in=u", taken);
    put_stream(smp, "out", run.id, 1, &max);
    put_stream(smp, "err", run.id, 2, &max);
    put_state(smp, &run);
    mote_cbor_find_bool(body, "detach", &is_detached);
    if (is_detached) {
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
        result = mote_smp_malformed(smp);
    }
    if (result != 0) {
        return result;
    }
    size_t room;
    uint8_t *data = mote_smp_room(smp, STATE_BYTES, &room);
    uint32_t count = mote_app_log(smp->app, run.id, &from, data, (uint32_t)room);
    mote_smp_put_bytes(smp, "data", data, count);
    mote_smp_put(smp, "from=u", from);
    return 0;
}

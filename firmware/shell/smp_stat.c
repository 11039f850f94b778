/* Group 2, statistics: counters of the line, of the store, of runs. */
#include "base/bits.h"
#include "base/text.h"
#include "shell/smp.h"

#define UNKNOWN_GROUP 2
#define VALUES_MAX 8

static const uint8_t plain[] = {[1] = MOTE_SMP_UNKNOWN, [UNKNOWN_GROUP] = MOTE_SMP_NOT_FOUND};

static void read_line(const struct mote_smp *smp, uint32_t *values)
{
    const struct mote_frame_counts *counts = &smp->reader->counts;
    uint32_t all[] = {counts->messages, counts->wrong, counts->broken, smp->line->messages, smp->line->bytes, smp->line->lost};
    memcpy(values, all, sizeof all);
}

static void read_store(const struct mote_smp *smp, uint32_t *values)
{
    struct mote_store_space space = mote_app_space(smp->app);
    uint32_t all[] = {space.size_bytes, space.used_bytes, space.largest_bytes, space.erases_most, space.erases_least};
    memcpy(values, all, sizeof all);
}

static void read_runs(const struct mote_smp *smp, uint32_t *values)
{
    struct mote_app_run run;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        if (mote_app_run(smp->app, i, &run)) {
            values[run.state == MOTE_RUN_RUNNING ? 0 : run.state == MOTE_RUN_WAITING ? 1 : 2]++;
            values[3] += run.restarts;
        }
    }
}

struct statistics {
    const char *group;
    uint32_t count;
    const char *names; /* each with a zero byte */
    void (*read)(const struct mote_smp *smp, uint32_t *values); /* which are 0 before */
};

static const struct statistics rows[] = {
    {"line", 6, "messages_in\0wrong_crc\0broken\0messages_out\0bytes_out\0text_lost", read_line},
    {"store", 5, "size\0used\0largest\0erases_most\0erases_least", read_store},
    {"runs", 4, "running\0waiting\0ended\0restarts", read_runs},
};

static int tell_group(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_cbor_item name = mote_cbor_find(body, "name");
    if (name.kind != MOTE_CBOR_TEXT) {
        return -MOTE_SMP_INVALID;
    }
    for (unsigned i = 0; i < MOTE_COUNT(rows); i++) {
        if (name.size != mote_string_length(rows[i].group) || memcmp(name.bytes, rows[i].group, name.size) != 0) {
            continue;
        }
        uint32_t values[VALUES_MAX] = {0};
        rows[i].read(smp, values);
        mote_smp_put_text(smp, "name", rows[i].group);
        mote_cbor_put_text(&smp->out, "fields");
        mote_cbor_begin_map(&smp->out);
        for (uint32_t j = 0; j < rows[i].count; j++) {
            mote_smp_put_uint(smp, mote_text_at(rows[i].names, j), values[j]);
        }
        mote_cbor_end(&smp->out);
        return 0;
    }
    return UNKNOWN_GROUP;
}

static int tell_groups(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_cbor_put_text(&smp->out, "stat_list");
    mote_cbor_begin_list(&smp->out);
    for (unsigned i = 0; i < MOTE_COUNT(rows); i++) {
        mote_cbor_put_text(&smp->out, rows[i].group);
    }
    mote_cbor_end(&smp->out);
    return 0;
}

static const struct mote_smp_command commands[] = {{0, false, tell_group}, {1, false, tell_groups}};

const struct mote_smp_group mote_smp_stat = {2, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

/* Group 2, statistics: counters of the line, of the store, of runs. */
#include "base/bits.h"
#include "base/text.h"
#include "shell/smp.h"

#define UNKNOWN_GROUP 2

static const uint8_t plain[] = {0, 0, MOTE_SMP_NOT_FOUND};

static void put_line(struct mote_smp *smp)
{
    const struct mote_frame_counts *counts = &smp->reader->counts;
    mote_smp_put(smp, "messages_in=u wrong_crc=u broken=u messages_out=u bytes_out=u text_lost=u", counts->messages, counts->wrong,
                 counts->broken, smp->line->messages, smp->line->bytes, smp->line->lost);
}

static void put_store(struct mote_smp *smp)
{
    struct mote_store_space space = mote_app_space(smp->app);
    mote_smp_put(smp, "size=u used=u largest=u erases_most=u erases_least=u", space.size_bytes, space.used_bytes, space.largest_bytes,
                 space.erases_most, space.erases_least);
}

static void put_runs(struct mote_smp *smp)
{
    struct mote_app_run run;
    uint32_t running = 0, all = 0, restarts = 0;
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        if (mote_app_run(smp->app, i, &run)) {
            all++;
            running += run.state == MOTE_RUN_RUNNING;
            restarts += run.restarts;
        }
    }
    mote_smp_put(smp, "running=u ended=u restarts=u", running, all - running, restarts);
}

static const struct {
    char group[8];
    void (*put)(struct mote_smp *smp);
} rows[] = {{"line", put_line}, {"store", put_store}, {"runs", put_runs}};

static int tell_group(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char name[8];
    bool is_name = mote_cbor_find_text(body, "name", name, sizeof name);
    for (unsigned i = 0; i < MOTE_COUNT(rows) && is_name; i++) {
        if (memcmp(name, rows[i].group, mote_string_length(name) + 1) == 0) {
            mote_smp_put(smp, "name=s fields={", name);
            rows[i].put(smp);
            mote_smp_put(smp, "}");
            return 0;
        }
    }
    return UNKNOWN_GROUP;
}

static int tell_groups(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put(smp, "stat_list=[sss]", rows[0].group, rows[1].group, rows[2].group);
    return 0;
}

static const struct mote_smp_command commands[] = {{0, false, tell_group}, {1, false, tell_groups}};

const struct mote_smp_group mote_smp_stat = {2, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

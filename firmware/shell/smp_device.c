/* Group 64: what the device is, and its last crash. */
#include "base/bits.h"
#include "base/config.h"
#include "base/text.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "mote_version.h"
#include "shell/smp_module.h"
#include "shell/words.h"

static void put_words(struct mote_smp *smp, const char *key, const char *(*word)(uint32_t i))
{
    mote_cbor_put_text(&smp->out, key);
    mote_cbor_begin_list(&smp->out);
    for (uint32_t i = 0; word(i); i++) {
        mote_cbor_put_text(&smp->out, word(i));
    }
    mote_cbor_end(&smp->out);
}

static void put_abi(struct mote_smp *smp)
{
    mote_cbor_put_text(&smp->out, "abi");
    mote_cbor_begin_list(&smp->out);
#define NATIVE_VERSION(major, minor)            \
    mote_cbor_put_uint(&smp->out, (major)); \
    mote_cbor_put_uint(&smp->out, (minor));
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes)
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
    mote_cbor_end(&smp->out);
}

/* What stays the same from start to start. */
static void put_kind(struct mote_smp *smp)
{
    uint8_t build[8], id[16];
    uint64_t number = mote_build_id();
    for (unsigned i = 0; i < sizeof build; i++) {
        build[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    mote_smp_put_text(smp, "board", CONFIG_BOARD);
    mote_smp_put_text(smp, "target", CONFIG_TARGET);
    mote_smp_put_text(smp, "port", CONFIG_PORT);
    mote_smp_put_text(smp, "version", MOTE_VERSION);
    mote_smp_put_bytes(smp, "build", build, sizeof build);
    mote_smp_put_bytes(smp, "id", id, hal_system_id(id));
    put_words(smp, "features", mote_feature_word);
    put_words(smp, "engines", mote_engine_word);
    put_abi(smp);
    mote_smp_put_uint(smp, "runs", MOTE_APP_RUNS);
}

int mote_smp_tell_device(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_memory memory = mote_app_memory(smp->app);
    struct mote_store_space store = mote_app_space(smp->app);
    uint32_t files = 0, files_free = 0;
    if (smp->files) {
        smp->files->ops->space(smp->files, &files, &files_free);
    }
    put_kind(smp);
    mote_smp_put_uint(smp, "ram", memory.total_bytes);
    mote_smp_put_uint(smp, "ram_used", memory.used_bytes);
    mote_smp_put_uint(smp, "ram_peak", memory.peak_bytes);
    mote_smp_put_uint(smp, "store", store.size_bytes);
    mote_smp_put_uint(smp, "store_used", store.used_bytes);
    mote_smp_put_uint(smp, "store_largest", store.largest_bytes);
    mote_smp_put_uint(smp, "files", files);
    mote_smp_put_uint(smp, "files_free", files_free);
    mote_smp_put_uint(smp, "uptime", (hal_clock_now_ns() - smp->started_ns) / 1000000);
    mote_smp_put_text(smp, "reset", mote_reset_word(hal_system_reset_reason()));
    return 0;
}

static void put_frames(struct mote_smp *smp, const struct mote_app_crash *crash)
{
    mote_cbor_put_text(&smp->out, "frames");
    mote_cbor_begin_list(&smp->out);
    for (uint32_t i = 0; i < crash->frame_count; i++) {
        bool is_known = crash->frames[i].offset != MOTE_NO_INDEX;
        mote_cbor_begin_list(&smp->out);
        mote_cbor_put_uint(&smp->out, crash->frames[i].funcidx);
        mote_cbor_put_int(&smp->out, is_known ? (int64_t)crash->frames[i].offset : -1);
        mote_cbor_end(&smp->out);
    }
    mote_cbor_end(&smp->out);
}

int mote_smp_tell_crash(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_crash crash;
    if (!mote_app_crash(smp->app, &crash)) {
        return 0;
    }
    if (crash.name[0]) {
        mote_smp_put_text(smp, "n", crash.name);
    }
    mote_smp_put_uint(smp, "number", crash.number);
    mote_smp_put_bytes(smp, "sha", crash.sha256, sizeof crash.sha256);
    mote_smp_put_text(smp, "state", mote_run_state_word(crash.state));
    if (crash.trap != MOTE_TRAP_NONE) {
        mote_smp_put_text(smp, "trap", mote_trap_text(crash.trap));
    }
    mote_smp_put_text(smp, "reason", crash.reason);
    mote_smp_put_uint(smp, "up", crash.up_ms);
    mote_smp_put_bool(smp, "reset", crash.was_before_reset);
    put_frames(smp, &crash);
    return 0;
}

int mote_smp_clear_crash(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_app_crash_clear(smp->app);
    return 0;
}

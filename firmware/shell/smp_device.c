/* Group 64: what the device is, and its last crash. */
#include "base/bits.h"
#include "base/config.h"
#include "hal/flash.h"
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

/* What stays the same from start to start. */
static void put_kind(struct mote_smp *smp)
{
    uint8_t build[8], id[16];
    uint64_t number = mote_build_id();
    for (unsigned i = 0; i < sizeof build; i++) {
        build[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    size_t id_size = hal_system_id(id);
#define NATIVE_VERSION(major, minor) (uint32_t)(major), (uint32_t)(minor)
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes)
    mote_smp_put(smp, "board=s target=s port=s version=s build=B id=B runs=u abi=[uu]", CONFIG_BOARD, CONFIG_TARGET, CONFIG_PORT, MOTE_VERSION,
                 build, (uint32_t)sizeof build, id, (uint32_t)id_size, (uint32_t)MOTE_APP_RUNS,
#include "tables/native_layout.def"
    );
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
    put_words(smp, "features", mote_feature_word);
    put_words(smp, "engines", mote_engine_word);
}

int mote_smp_tell_device(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_memory memory = mote_app_memory(smp->app);
    struct mote_store_space store = mote_app_space(smp->app);
    uint32_t files = smp->files ? hal_flash_region(HAL_FLASH_FILES)->size : 0, files_free = 0;
    enum mote_errno error = mote_file_check(smp->files);
    if (error == MOTE_ERRNO_SUCCESS) {
        smp->files->ops->space(smp->files, &files, &files_free);
    }
    put_kind(smp);
    mote_smp_put(smp, "ram=u ram_used=u ram_peak=u store=u store_used=u store_largest=u files=u files_free=u files_error=t uptime=u reset=s safe=b",
                 memory.total_bytes, memory.used_bytes, memory.peak_bytes, store.size_bytes, store.used_bytes, store.largest_bytes, files,
                 files_free, mote_file_error(error).text, mote_app_up_ms(smp->app), mote_reset_word(hal_system_reset_reason()),
                 mote_app_is_safe(smp->app));
    return 0;
}

int mote_smp_tell_crash(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_crash crash;
    if (!mote_app_crash(smp->app, &crash)) {
        return 0;
    }
    mote_smp_put(smp, "n=t number=u sha=B state=s trap=t reason=s up=u reset=b frames=[", crash.name, crash.number, crash.sha256,
                 (uint32_t)sizeof crash.sha256, mote_run_state_word(crash.state), mote_trap_text(crash.trap), crash.reason, crash.up_ms,
                 crash.was_before_reset);
    for (uint32_t i = 0; i < crash.frame_count; i++) {
        bool is_known = crash.frames[i].offset != MOTE_NO_INDEX;
        mote_smp_put(smp, "[u", crash.frames[i].funcidx);
        mote_cbor_put_int(&smp->out, is_known ? (int64_t)crash.frames[i].offset : -1);
        mote_smp_put(smp, "]");
    }
    mote_smp_put(smp, "]");
    return 0;
}

int mote_smp_clear_crash(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_app_crash_clear(smp->app);
    return 0;
}

/* WASI preview 1: makes the state, offers the functions of tables/wasi.def to the runtime and holds what the groups share.
   Relies on mote.h alone for the guest's memory, so it knows nothing of engines. */
#include "host/wasi/wasi_host.h"

#include "base/config.h"
#include "base/text.h"
#include "hal/clock.h"
#include "host/wasi/directory.h"
#include "host/wasi/vfs.h"
#include "runtime/runtime.h"

#define WANTED_NS 2000000 /* who waits for files looks again every millisecond */

enum wasi_group {
#define WASI_GROUP(name, enabled) GROUP_##name = (enabled),
#define WASI(name, signature, group)
#define WASI_ERRNO(name, number)
#include "tables/wasi.def"
#undef WASI_GROUP
#undef WASI
#undef WASI_ERRNO
};

static enum mote_trap not_there(struct mote_caller *caller, uint64_t *values)
{
    (void)caller;
    return mote_wasi_end(values, MOTE_ERRNO_NOSYS);
}

static const struct mote_host_func functions[] = {
#define WASI_GROUP(name, enabled)
#define WASI(name, signature, group) {#name, signature, GROUP_##group ? mote_wasi_##name : not_there, NULL},
#define WASI_ERRNO(name, number)
#include "tables/wasi.def"
#undef WASI_GROUP
#undef WASI
#undef WASI_ERRNO
    {NULL, NULL, NULL, NULL},
};

uint8_t *mote_wasi_at(const struct mote_caller *caller, uint64_t address, uint64_t size)
{
    return caller->instance ? mote_memory_at(caller->instance, (uint32_t)address, size) : NULL;
}

enum mote_trap mote_wasi_end(uint64_t *values, enum mote_errno error)
{
    if (error == MOTE_ERRNO_INTR) {
        return MOTE_TRAP_INTERRUPTED;
    }
    values[0] = error;
    return MOTE_TRAP_NONE;
}

bool mote_wasi_breathe(const struct mote_caller *caller)
{
    const struct mote_runtime *runtime = mote_wasi_of(caller)->runtime;
    struct mote_vfs *files = ENABLED(CONFIG_HOST_WASI_FILES) ? mote_wasi_of(caller)->options.files : NULL;
    runtime->host_leave();
    runtime->host_enter();
    if (files && files->is_wanted) {
        files->is_wanted = false;
        hal_clock_sleep_ns(WANTED_NS);
    }
    return mote_agent_interrupted(caller->agent);
}

/* The bytes that `count` strings take in the guest; false when they do not fit into its 32-bit world. */
static bool measure(const char *const *strings, uint32_t count, uint32_t *bytes)
{
    uint64_t total = 0;
    if (count > 0 && !strings) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!strings[i]) {
            return false;
        }
        total += mote_string_length(strings[i]) + 1;
    }
    *bytes = (uint32_t)total;
    return total <= UINT32_MAX && count <= UINT32_MAX / 4;
}

enum mote_error mote_wasi_new(struct mote_runtime *runtime, const struct mote_wasi_options *options, struct mote_wasi **out)
{
    uint32_t arg_bytes, environ_bytes;
    if (!out) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    *out = NULL;
    bool lacks_files = options && options->preopen_count > 0 && (!options->files || !options->preopens);
    if (!runtime || !options || lacks_files || !measure(options->args, options->arg_count, &arg_bytes) ||
        !measure(options->environ, options->environ_count, &environ_bytes)) {
        return MOTE_ERROR_INVALID_ARGUMENT;
    }
    struct mote_wasi *wasi = mote_runtime_alloc(runtime, sizeof *wasi);
    if (!wasi) {
        return MOTE_ERROR_NO_MEMORY;
    }
    wasi->runtime = runtime;
    wasi->module = (struct mote_host_module){"wasi_snapshot_preview1", functions, wasi};
    wasi->options = *options;
    wasi->arg_bytes = arg_bytes;
    wasi->environ_bytes = environ_bytes;
    mote_fd_table_init(&wasi->fds);
    enum mote_error error = ENABLED(CONFIG_HOST_WASI_FILES) ? mote_directory_open_preopens(wasi) : MOTE_ERROR_NONE;
    if (error == MOTE_ERROR_NONE) {
        error = mote_host_module_register(runtime, &wasi->module);
    }
    if (error != MOTE_ERROR_NONE) {
        mote_wasi_free(wasi);
        return error;
    }
    *out = wasi;
    return MOTE_ERROR_NONE;
}

void mote_wasi_free(struct mote_wasi *wasi)
{
    if (!wasi) {
        return;
    }
    mote_fd_table_close_all(wasi);
    mote_runtime_free_block(wasi->runtime, wasi, sizeof *wasi);
}

uint32_t mote_wasi_exit_code(const struct mote_wasi *wasi)
{
    return wasi ? wasi->exit_code : 0;
}

/* WASI arguments and environment: arrays of pointers and their strings, written where the guest made room for them. */
#include "base/text.h"
#include "host/wasi/wasi_host.h"

static enum mote_errno get_sizes(const struct mote_caller *caller, const uint64_t *values, uint32_t count, uint32_t bytes)
{
    uint8_t *count_at = mote_wasi_at(caller, values[0], 4);
    uint8_t *bytes_at = mote_wasi_at(caller, values[1], 4);
    if (!count_at || !bytes_at) {
        return MOTE_ERRNO_FAULT;
    }
    mote_put_u32(count_at, count);
    mote_put_u32(bytes_at, bytes);
    return MOTE_ERRNO_SUCCESS;
}

/* `room` is what the strings took when they were measured: a string that has grown since then is a fault of the embedder's, and ends here. */
static enum mote_errno get_strings(const struct mote_caller *caller, const uint64_t *values, const char *const *strings,
                                   uint32_t count, uint32_t room)
{
    uint32_t address = (uint32_t)values[1];
    uint8_t *pointers = mote_wasi_at(caller, values[0], (uint64_t)count * 4);
    uint8_t *to = mote_wasi_at(caller, address, room);
    if (!pointers || !to) {
        return MOTE_ERRNO_FAULT;
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t size = mote_string_length(strings[i]) + 1;
        if (size > room) {
            return MOTE_ERRNO_OVERFLOW;
        }
        mote_put_u32(pointers + (size_t)i * 4, address);
        memcpy(to, strings[i], size);
        to += size;
        room -= (uint32_t)size;
        address += (uint32_t)size;
    }
    return MOTE_ERRNO_SUCCESS;
}

enum mote_trap mote_wasi_args_sizes_get(struct mote_caller *caller, uint64_t *values)
{
    const struct mote_wasi *wasi = mote_wasi_of(caller);
    return mote_wasi_end(values, get_sizes(caller, values, wasi->options.arg_count, wasi->arg_bytes));
}

enum mote_trap mote_wasi_args_get(struct mote_caller *caller, uint64_t *values)
{
    const struct mote_wasi *wasi = mote_wasi_of(caller);
    const struct mote_wasi_options *options = &wasi->options;
    return mote_wasi_end(values, get_strings(caller, values, options->args, options->arg_count, wasi->arg_bytes));
}

enum mote_trap mote_wasi_environ_sizes_get(struct mote_caller *caller, uint64_t *values)
{
    const struct mote_wasi *wasi = mote_wasi_of(caller);
    return mote_wasi_end(values, get_sizes(caller, values, wasi->options.environ_count, wasi->environ_bytes));
}

enum mote_trap mote_wasi_environ_get(struct mote_caller *caller, uint64_t *values)
{
    const struct mote_wasi *wasi = mote_wasi_of(caller);
    const struct mote_wasi_options *options = &wasi->options;
    return mote_wasi_end(values, get_strings(caller, values, options->environ, options->environ_count, wasi->environ_bytes));
}

/* A firmware without WASI: nothing is offered, so a module that imports it does not link. */
#include "mote_wasi.h"

enum mote_error mote_wasi_new(struct mote_runtime *runtime, const struct mote_wasi_options *options, struct mote_wasi **out)
{
    (void)runtime, (void)options;
    *out = NULL;
    return MOTE_ERROR_NONE;
}

void mote_wasi_free(struct mote_wasi *wasi)
{
    (void)wasi;
}

uint32_t mote_wasi_exit_code(const struct mote_wasi *wasi)
{
    (void)wasi;
    return 0;
}

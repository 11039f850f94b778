/* WASI preview 1 for an embedder: registers the host module "wasi_snapshot_preview1" with a runtime. */
#ifndef MOTE_WASI_H
#define MOTE_WASI_H

#include "mote.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_wasi;

struct mote_wasi_options {
    const char *const *args;      /* argv of the guest, args[0] is its own name; arg_count of them */
    uint32_t arg_count;
    const char *const *environ;   /* "NAME=value"; environ_count of them */
    uint32_t environ_count;
};

/* Registers WASI with `runtime`. The options' arrays and strings stay the caller's and must outlive the result.
   Errors: INVALID_ARGUMENT, NO_MEMORY. */
enum mote_error mote_wasi_new(struct mote_runtime *runtime, const struct mote_wasi_options *options,
                              struct mote_wasi **out);
/* Call it before mote_runtime_free and after the last call into the guest. NULL is allowed. */
void mote_wasi_free(struct mote_wasi *wasi);

/* What the guest gave to proc_exit, after a call ended with MOTE_TRAP_EXIT; otherwise 0. */
uint32_t mote_wasi_exit_code(const struct mote_wasi *wasi);

#ifdef __cplusplus
}
#endif
#endif

/* WASI preview 1 for an embedder: registers the host module "wasi_snapshot_preview1" with a runtime. */
#ifndef MOTE_WASI_H
#define MOTE_WASI_H

#include "mote.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mote_wasi;

/* Where the guest's standard streams lead; 0 input, 1 output, 2 errors. Each is called on the thread that runs the guest. */
struct mote_wasi_streams {
    /* Reads up to `size` bytes (at least 1); how many, 0 at the end, -1 on error, -2 (again) when nothing came within 5 ms. */
    intptr_t (*read)(void *user, void *data, size_t size);
    /* Writes up to `size` bytes; how many were taken, 0 when none could be within 5 ms, -1 when the stream is closed. */
    intptr_t (*write)(void *user, unsigned stream, const void *data, size_t size);
    bool (*is_terminal)(void *user, unsigned stream);
    void *user;
};

/* A directory that the guest finds open when it starts. */
struct mote_wasi_preopen {
    const char *guest_path; /* "/data": its name for the guest */
    const char *path;       /* in the file system of `files` */
    bool is_read_only;
};

struct mote_vfs; /* host/wasi/vfs.h */

struct mote_wasi_options {
    const char *const *args;      /* argv of the guest, args[0] is its own name; arg_count of them */
    uint32_t arg_count;
    const char *const *environ;   /* "NAME=value"; environ_count of them */
    uint32_t environ_count;
    const struct mote_wasi_streams *streams;   /* NULL: the machine's own (hal/console.h) */
    struct mote_vfs *files;                    /* NULL: no files */
    const struct mote_wasi_preopen *preopens;  /* preopen_count of them */
    uint32_t preopen_count;
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

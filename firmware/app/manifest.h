/* What a module says about how it wants to be run: its manifest (docs/formats/manifest.md). */
#ifndef APP_MANIFEST_H
#define APP_MANIFEST_H

#include <stdbool.h>

#include "app/store.h"
#include "base/cbor.h"
#include "mote.h"

#define MOTE_MANIFEST_OUTPUT_MAX 65536
#define MOTE_MANIFEST_MACHINE_STACK_MAX 1048576

enum mote_restart { MOTE_RESTART_NEVER, MOTE_RESTART_ON_FAILURE, MOTE_RESTART_ALWAYS };
enum mote_app_files { MOTE_FILES_NONE, MOTE_FILES_OWN, MOTE_FILES_ALL, MOTE_FILES_READ };

struct mote_manifest {
    char name[MOTE_STORE_NAME_BYTES]; /* "" without one */
    char version[24];
    bool is_autostarted;
    enum mote_restart restart;
    enum mote_app_files files;
    uint32_t stack_bytes;
    uint32_t machine_stack_bytes; /* at least */
    uint32_t output_bytes;
    uint32_t memory_bytes; /* 0: what is free */
    uint32_t time_ms;      /* that a run may take; 0: no limit */
    struct mote_cbor_item args; /* a LIST, or END without any */
};

/* Reads the manifest in the bytes of a module; all is as by default where it has none. Errors: BAD_MANIFEST, and what makes the bytes no module. */
enum mote_error mote_manifest_read(const void *module, uint32_t size_bytes, struct mote_manifest *manifest, struct mote_diag *diag);

#endif

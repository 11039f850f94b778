/* The mounted littlefs, as the files that make it a struct mote_vfs share it: littlefs_mount.c and vfs_littlefs.c. */
#ifndef HOST_WASI_VFS_LITTLEFS_H
#define HOST_WASI_VFS_LITTLEFS_H

#include "hal/flash.h"
#include "host/wasi/littlefs.h"
#include "host/wasi/vfs.h"

#define LITTLEFS_CACHE_BYTES 256
#define LITTLEFS_LOOKAHEAD_BYTES 16

struct mote_littlefs {
    struct mote_vfs vfs; /* first */
    struct mote_allocator allocator;
    const struct hal_flash *flash;
    uint64_t since_ns;   /* when an operation last let others run */
    uint32_t open_count; /* files and directories */
    lfs_t lfs;
    struct lfs_config config;
    uint8_t read_cache[LITTLEFS_CACHE_BYTES], program_cache[LITTLEFS_CACHE_BYTES];
    uint32_t lookahead[LITTLEFS_LOOKAHEAD_BYTES / 4];
};

extern const struct mote_vfs_ops mote_littlefs_ops;

/* Begins an operation: waits until nobody is in the middle of one. It ends when vfs.is_busy is cleared. */
struct mote_littlefs *mote_littlefs_enter(struct mote_vfs *vfs);

#endif

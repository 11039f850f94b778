/* littlefs for vfs_littlefs.c: its interface, configured by littlefs_config.h, and what it does not do well by itself. */
#ifndef HOST_WASI_LITTLEFS_H
#define HOST_WASI_LITTLEFS_H

#include "host/wasi/littlefs_config.h"

#define LFS_CONFIG host/wasi/littlefs_config.h
#include "lfs.h"

/* The open file that `path` names, or NULL. */
lfs_file_t *mote_littlefs_find_open(lfs_t *lfs, const char *path);

/* Whether somebody reads the directory `path`. */
bool mote_littlefs_is_read(lfs_t *lfs, const char *path);

/* lfs_rename, with no harm to others. */
int mote_littlefs_rename(lfs_t *lfs, const char *from, const char *to);

/* After mounting: ends what a loss of power left half done. */
void mote_littlefs_end_move(lfs_t *lfs);

#endif

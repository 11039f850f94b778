/* littlefs for vfs_littlefs.c: its interface, configured by littlefs_config.h, and two questions that it does not answer by itself. */
#ifndef HOST_WASI_LITTLEFS_H
#define HOST_WASI_LITTLEFS_H

#include "host/wasi/littlefs_config.h"

#define LFS_CONFIG host/wasi/littlefs_config.h
#include "lfs.h"

/* The open file that `path` names, or NULL. */
lfs_file_t *mote_littlefs_find_open(lfs_t *lfs, const char *path);

/* Whether somebody reads the directory `path`. */
bool mote_littlefs_is_read(lfs_t *lfs, const char *path);

#endif

/* From the path that a guest gives to one in the file system: canonical, and never outside of the directory it starts from. */
#ifndef HOST_WASI_PATH_H
#define HOST_WASI_PATH_H

#include "host/wasi/fdtable.h"
#include "host/wasi/vfs.h"

#define MOTE_PATH_BYTES 256 /* of a path in the file system, with its zero byte */

struct mote_path {
    bool is_for_dir;      /* ended in a slash: only a directory can be meant */
    bool is_for_existing; /* ended in "." or "..", or is the directory it starts from: names nothing that could be made, renamed or removed */
    char text[MOTE_PATH_BYTES];
};

/* Resolves the guest's `length` bytes at `address` from the directory of a descriptor, which must have `rights`. Errors: BADF, NOTDIR, NOTCAPABLE; FAULT; NOENT
   (empty), ILSEQ (not UTF-8), INVAL (a zero byte), NAMETOOLONG, PERM (absolute, or leads out); and what looking up a part before ".." gave. */
enum mote_errno mote_path_resolve(const struct mote_caller *caller, uint64_t fd, uint64_t rights, uint64_t address, uint64_t length,
                                  struct mote_path *path);

/* What the path names; NOTDIR when only a directory can be meant and it is none. */
enum mote_errno mote_path_stat(const struct mote_wasi *wasi, const struct mote_path *path, struct mote_vfs_stat *stat);

/* A number for `path` or, unless it is NULL, for `name` in it: never 0, and most likely no other's. */
uint32_t mote_path_inode(const char *path, const char *name);

#endif

/* Descriptors that stand for a directory: those that the guest finds open, and those that it opens. */
#ifndef HOST_WASI_DIRECTORY_H
#define HOST_WASI_DIRECTORY_H

#include "host/wasi/fdtable.h"
#include "host/wasi/vfs.h"

/* What a directory can be used for, and what changes something in it. */
#define DIRECTORY_WRITE_RIGHTS                                                                                                     \
    (WASI_RIGHT_PATH_CREATE_DIRECTORY | WASI_RIGHT_PATH_CREATE_FILE | WASI_RIGHT_PATH_LINK_SOURCE | WASI_RIGHT_PATH_LINK_TARGET |    \
     WASI_RIGHT_PATH_RENAME_SOURCE | WASI_RIGHT_PATH_RENAME_TARGET | WASI_RIGHT_PATH_FILESTAT_SET_SIZE |                            \
     WASI_RIGHT_PATH_FILESTAT_SET_TIMES | WASI_RIGHT_PATH_SYMLINK | WASI_RIGHT_PATH_REMOVE_DIRECTORY |                              \
     WASI_RIGHT_PATH_UNLINK_FILE | WASI_RIGHT_FD_FILESTAT_SET_TIMES)
#define DIRECTORY_RIGHTS                                                                                                           \
    (DIRECTORY_WRITE_RIGHTS | WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC | WASI_RIGHT_PATH_OPEN | WASI_RIGHT_FD_READDIR |   \
     WASI_RIGHT_PATH_READLINK | WASI_RIGHT_PATH_FILESTAT_GET | WASI_RIGHT_FD_FILESTAT_GET)

/* Where fd_readdir is: made when it is first called, gone at the end of the directory. */
struct mote_directory_reader {
    struct mote_vfs_dir *dir;
    uint32_t cookie;             /* of the next entry; 0 and 1 are "." and "..", which are not the file system's */
    bool has_entry;              /* `entry` is it: there was no room for all of it */
    struct mote_vfs_entry entry;
};

struct mote_directory {
    const struct mote_wasi_preopen *preopen; /* NULL: the guest opened it */
    struct mote_directory_reader *reader;    /* NULL: nobody reads it */
    const char *path;                        /* in the file system */
    char own_path[];                         /* that path when it is not the preopen's */
};

/* Opens the directories that the options name, on the lowest free descriptors. Errors: NO_MEMORY, TOO_MANY. */
enum mote_error mote_directory_open_preopens(struct mote_wasi *wasi);

/* Makes a free descriptor stand for the directory `path`, which exists. */
enum mote_errno mote_directory_open(struct mote_wasi *wasi, struct mote_fd *fd, const char *path);

/* The directory, or NULL when the descriptor stands for something else. */
struct mote_directory *mote_directory_of(const struct mote_fd *fd);

/* The entry number `cookie` of a directory (0: "."), where it is still from the last call or from its beginning. */
enum mote_errno mote_directory_entry(const struct mote_caller *caller, struct mote_directory *directory, uint64_t cookie,
                                     const struct mote_vfs_entry **entry);
/* That entry has been told: the next one is cookie + 1. */
void mote_directory_next(struct mote_directory *directory);
/* Ends the reading. */
void mote_directory_close_reader(struct mote_wasi *wasi, struct mote_directory *directory);

#endif

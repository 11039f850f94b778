/* Descriptors that stand for a file. */
#ifndef HOST_WASI_FILE_H
#define HOST_WASI_FILE_H

#include "host/wasi/fdtable.h"
#include "host/wasi/vfs.h"

/* What a file can be used for; a descriptor's other rights are dropped. */
#define FILE_RIGHTS                                                                                                                \
    (WASI_RIGHT_FD_DATASYNC | WASI_RIGHT_FD_READ | WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC |        \
     WASI_RIGHT_FD_TELL | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ADVISE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_GET |         \
     WASI_RIGHT_FD_FILESTAT_SET_SIZE | WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_POLL_FD_READWRITE)

/* Those that change it. */
#define FILE_WRITE_RIGHTS                                                                                                          \
    (WASI_RIGHT_FD_DATASYNC | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE |  \
     WASI_RIGHT_FD_FILESTAT_SET_TIMES)

/* Makes a free descriptor stand for an open file, which it closes. */
void mote_file_open(struct mote_fd *fd, struct mote_vfs_file *file);

/* The file, or NULL when the descriptor stands for something else. */
struct mote_vfs_file *mote_file_of(const struct mote_fd *fd);

/* Gives a file `size` bytes; when it cannot have them all it stays as it was. */
enum mote_errno mote_file_resize(const struct mote_caller *caller, const struct mote_fd *fd, uint64_t size);

#endif

/* The guest's descriptors: small numbers that stand for a stream, a file or a directory. A table of fixed size inside struct mote_wasi. Used by one
   agent at a time. */
#ifndef HOST_WASI_FDTABLE_H
#define HOST_WASI_FDTABLE_H

#include "base/config.h"
#include "host/wasi/wasi_abi.h"
#include "mote_wasi.h"

struct mote_fd;

/* What a kind of descriptor can do; an operation that it lacks is NULL. None blocks longer than 5 ms: then it gives AGAIN, and whoever
   called asks whether the agent was interrupted before it tries again. */
struct mote_fd_ops {
    /* Reads up to `size` bytes (at least 1); *count 0 with SUCCESS is the end. */
    enum mote_errno (*read)(struct mote_caller *caller, struct mote_fd *fd, void *data, uint32_t size, uint32_t *count);
    /* Writes up to `size` bytes (at least 1); *count is at least 1 with SUCCESS. */
    enum mote_errno (*write)(struct mote_caller *caller, struct mote_fd *fd, const void *data, uint32_t size, uint32_t *count);
    /* Asked each time, since a stream may be redirected. */
    enum mote_wasi_filetype (*filetype)(const struct mote_wasi *wasi, const struct mote_fd *fd);
    /* Of a file only: its size; makes what was written durable. */
    enum mote_errno (*size)(const struct mote_wasi *wasi, const struct mote_fd *fd, uint32_t *size_bytes);
    enum mote_errno (*sync)(const struct mote_wasi *wasi, const struct mote_fd *fd);
    /* The directory that the embedder opened beforehand; NULL: it is none. */
    const struct mote_wasi_preopen *(*preopen)(const struct mote_fd *fd);
    /* Lets go of `object`. */
    enum mote_errno (*close)(struct mote_wasi *wasi, struct mote_fd *fd);
};

struct mote_fd {
    const struct mote_fd_ops *ops; /* NULL: this number is free */
    void *object;                  /* belongs to `ops` */
    uint32_t rights_base;
    uint32_t rights_inheriting;
    uint32_t position;             /* of a file */
    uint32_t inode;                /* of a file or directory */
    uint16_t number;               /* of a stream: which */
    uint16_t flags;                /* enum mote_wasi_fdflags */
};

struct mote_fd_table {
    struct mote_fd fds[CONFIG_HOST_WASI_DESCRIPTORS];
};

/* Opens 0, 1 and 2. The table is zeroed. */
void mote_fd_table_init(struct mote_fd_table *table);
void mote_fd_table_close_all(struct mote_wasi *wasi);

/* The lowest number that is free, as its entry; NULL when all are in use (MFILE). */
struct mote_fd *mote_fd_free(struct mote_fd_table *table);

/* The open descriptor `fd`: BADF when it is closed, NOTCAPABLE when it lacks one of `rights`. */
enum mote_errno mote_fd_find(struct mote_fd_table *table, uint64_t fd, uint64_t rights, struct mote_fd **out);

/* Frees the number and what it stood for; an error says that what was written last is lost. */
enum mote_errno mote_fd_close(struct mote_wasi *wasi, struct mote_fd *fd);

/* Closes `to` and gives its number to what `from` stands for; `from` is closed then. Both must be open. */
enum mote_errno mote_fd_move(struct mote_wasi *wasi, struct mote_fd *from, struct mote_fd *to);

#endif

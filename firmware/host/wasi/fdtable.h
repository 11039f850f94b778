/* The guest's descriptors: small numbers that stand for a stream, later for files and directories. A table of fixed size inside struct
   mote_wasi, so opening never allocates. Used by one agent at a time. */
#ifndef HOST_WASI_FDTABLE_H
#define HOST_WASI_FDTABLE_H

#include "base/config.h"
#include "host/wasi/wasi_abi.h"

struct mote_fd;

/* What a kind of descriptor can do; an operation that it lacks is NULL. None blocks longer than 5 ms: then it gives AGAIN, and whoever
   called asks whether the agent was interrupted before it tries again. */
struct mote_fd_ops {
    /* Reads up to `size` bytes (at least 1); *count 0 with SUCCESS is the end. */
    enum mote_errno (*read)(struct mote_fd *fd, void *data, uint32_t size, uint32_t *count);
    /* Writes up to `size` bytes (at least 1); *count is at least 1 with SUCCESS. */
    enum mote_errno (*write)(struct mote_fd *fd, const void *data, uint32_t size, uint32_t *count);
    /* Asked each time, since a stream may be redirected. */
    enum mote_wasi_filetype (*filetype)(const struct mote_fd *fd);
    /* Lets go of `object`; NULL: nothing to do. */
    void (*close)(struct mote_fd *fd);
};

struct mote_fd {
    const struct mote_fd_ops *ops; /* NULL: this number is free */
    void *object;                  /* belongs to `ops` */
    uint64_t rights_base;
    uint64_t rights_inheriting;
    uint16_t number;               /* belongs to `ops`: which stream */
    uint16_t flags;                /* enum mote_wasi_fdflags */
};

struct mote_fd_table {
    struct mote_fd fds[CONFIG_HOST_WASI_DESCRIPTORS];
};

/* Opens 0, 1 and 2 on the machine's console. The table is zeroed. */
void mote_fd_table_init(struct mote_fd_table *table);
void mote_fd_table_close_all(struct mote_fd_table *table);

/* The open descriptor `fd`: BADF when it is closed, NOTCAPABLE when it lacks one of `rights`. */
enum mote_errno mote_fd_find(struct mote_fd_table *table, uint64_t fd, uint64_t rights, struct mote_fd **out);

/* Frees the number and what it stood for. */
void mote_fd_close(struct mote_fd *fd);

/* Closes `to` and gives its number to what `from` stands for; `from` is closed then. Both must be open. */
void mote_fd_move(struct mote_fd *from, struct mote_fd *to);

#endif

/* The guest's descriptors; see fdtable.h. */
#include "host/wasi/fdtable.h"

#include "host/wasi/stream.h"
#include "host/wasi/wasi_host.h"

void mote_fd_table_init(struct mote_fd_table *table)
{
    for (uint16_t stream = 0; stream < 3; stream++) {
        mote_stream_open(&table->fds[stream], stream);
    }
}

void mote_fd_table_close_all(struct mote_wasi *wasi)
{
    for (size_t i = 0; i < MOTE_COUNT(wasi->fds.fds); i++) {
        if (wasi->fds.fds[i].ops) {
            mote_fd_close(wasi, &wasi->fds.fds[i]);
        }
    }
}

struct mote_fd *mote_fd_free(struct mote_fd_table *table)
{
    for (size_t i = 0; i < MOTE_COUNT(table->fds); i++) {
        if (!table->fds[i].ops) {
            return &table->fds[i];
        }
    }
    return NULL;
}

enum mote_errno mote_fd_find(struct mote_fd_table *table, uint64_t fd, uint64_t rights, struct mote_fd **out)
{
    uint32_t number = (uint32_t)fd;
    if (number >= MOTE_COUNT(table->fds) || !table->fds[number].ops) {
        return MOTE_ERRNO_BADF;
    }
    *out = &table->fds[number];
    return (rights & ~(uint64_t)(*out)->rights_base) == 0 ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_NOTCAPABLE;
}

enum mote_errno mote_fd_close(struct mote_wasi *wasi, struct mote_fd *fd)
{
    enum mote_errno error = fd->ops->close ? fd->ops->close(wasi, fd) : MOTE_ERRNO_SUCCESS;
    *fd = (struct mote_fd){0};
    return error;
}

enum mote_errno mote_fd_move(struct mote_wasi *wasi, struct mote_fd *from, struct mote_fd *to)
{
    if (from == to) {
        return MOTE_ERRNO_SUCCESS;
    }
    enum mote_errno error = mote_fd_close(wasi, to);
    *to = *from;
    *from = (struct mote_fd){0};
    return error;
}

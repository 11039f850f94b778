/* The guest's descriptors; see fdtable.h. */
#include "host/wasi/fdtable.h"

#include "host/wasi/stream.h"

void mote_fd_table_init(struct mote_fd_table *table)
{
    mote_stream_open(&table->fds[0], HAL_CONSOLE_IN);
    mote_stream_open(&table->fds[1], HAL_CONSOLE_OUT);
    mote_stream_open(&table->fds[2], HAL_CONSOLE_ERR);
}

void mote_fd_table_close_all(struct mote_fd_table *table)
{
    for (size_t i = 0; i < MOTE_COUNT(table->fds); i++) {
        if (table->fds[i].ops) {
            mote_fd_close(&table->fds[i]);
        }
    }
}

enum mote_errno mote_fd_find(struct mote_fd_table *table, uint64_t fd, uint64_t rights, struct mote_fd **out)
{
    uint32_t number = (uint32_t)fd;
    if (number >= MOTE_COUNT(table->fds) || !table->fds[number].ops) {
        return MOTE_ERRNO_BADF;
    }
    *out = &table->fds[number];
    return (rights & ~(*out)->rights_base) == 0 ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_NOTCAPABLE;
}

void mote_fd_close(struct mote_fd *fd)
{
    if (fd->ops->close) {
        fd->ops->close(fd);
    }
    *fd = (struct mote_fd){0};
}

void mote_fd_move(struct mote_fd *from, struct mote_fd *to)
{
    if (from == to) {
        return;
    }
    mote_fd_close(to);
    *to = *from;
    *from = (struct mote_fd){0};
}

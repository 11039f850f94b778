/* WASI fd_read and fd_write, and their like: moves bytes between the guest's lists of buffers and a descriptor. The list is checked as a whole before a byte
   moves, and each buffer again when it is used, since reading may overwrite the list itself. */
#include "host/wasi/wasi_host.h"

struct transfer {
    struct mote_caller *caller;
    struct mote_fd *fd;
    uint32_t moved;
    bool done; /* the stream has no more to give for now */
};

/* Moves all of a buffer, or what there is; *moved and *done say how it went. */
typedef enum mote_errno (*buffer_fn)(struct transfer *transfer, uint8_t *data, uint32_t size);

static bool must_wait(const struct transfer *transfer, enum mote_errno error)
{
    return error == MOTE_ERRNO_AGAIN && (transfer->fd->flags & WASI_FDFLAG_NONBLOCK) == 0;
}

static enum mote_errno write_buffer(struct transfer *transfer, uint8_t *data, uint32_t size)
{
    while (size > 0) {
        uint32_t count = 0;
        if (mote_wasi_breathe(transfer->caller)) {
            return MOTE_ERRNO_INTR;
        }
        enum mote_errno error =
            transfer->fd->ops->write(transfer->caller, transfer->fd, data, size < WASI_CHUNK_BYTES ? size : WASI_CHUNK_BYTES, &count);
        if (must_wait(transfer, error)) {
            continue;
        }
        if (error != MOTE_ERRNO_SUCCESS) {
            return error;
        }
        data += count;
        size -= count;
        transfer->moved += count;
    }
    return MOTE_ERRNO_SUCCESS;
}

/* Waits only for the first byte; then takes what is there. */
static enum mote_errno read_buffer(struct transfer *transfer, uint8_t *data, uint32_t size)
{
    while (size > 0 && !transfer->done) {
        uint32_t count = 0, wanted = size < WASI_CHUNK_BYTES ? size : WASI_CHUNK_BYTES;
        if (mote_wasi_breathe(transfer->caller)) {
            return MOTE_ERRNO_INTR;
        }
        enum mote_errno error = transfer->fd->ops->read(transfer->caller, transfer->fd, data, wanted, &count);
        if (transfer->moved == 0 && must_wait(transfer, error)) {
            continue;
        }
        if (error != MOTE_ERRNO_SUCCESS) {
            return error;
        }
        data += count;
        size -= count;
        transfer->moved += count;
        transfer->done = count < wanted;
    }
    return MOTE_ERRNO_SUCCESS;
}

/* Buffer i of a list; NULL with *size 0 or more when it lies outside of memory. */
static uint8_t *buffer_at(const struct mote_caller *caller, const uint8_t *list, uint32_t i, uint32_t *size)
{
    const uint8_t *iovec = list + (size_t)i * WASI_IOVEC_SIZE;
    *size = mote_get_u32(iovec + WASI_IOVEC_LEN);
    return mote_wasi_at(caller, mote_get_u32(iovec + WASI_IOVEC_BUF), *size);
}

static enum mote_errno check_list(const struct mote_caller *caller, const uint8_t *list, uint32_t count)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size;
        if (i % WASI_CHUNK_STEPS == 0 && mote_wasi_breathe(caller)) {
            return MOTE_ERRNO_INTR;
        }
        if (!buffer_at(caller, list, i, &size)) {
            return MOTE_ERRNO_FAULT;
        }
        total += size;
    }
    return total <= UINT32_MAX ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_INVAL;
}

static enum mote_errno move_list(struct transfer *transfer, const uint8_t *list, uint32_t count, buffer_fn move)
{
    enum mote_errno error = check_list(transfer->caller, list, count);
    for (uint32_t i = 0; i < count && error == MOTE_ERRNO_SUCCESS && !transfer->done; i++) {
        uint32_t size;
        uint8_t *data = buffer_at(transfer->caller, list, i, &size);
        bool interrupted = i % WASI_CHUNK_STEPS == 0 && mote_wasi_breathe(transfer->caller);
        error = interrupted ? MOTE_ERRNO_INTR : data ? move(transfer, data, size) : MOTE_ERRNO_FAULT;
    }
    /* What was moved counts; the error comes again with the next call. */
    return transfer->moved > 0 && error != MOTE_ERRNO_INTR ? MOTE_ERRNO_SUCCESS : error;
}

/* A file that is to be in step with its storage is so when the writing returns. */
static enum mote_errno sync_if_wanted(const struct transfer *transfer)
{
    bool is_wanted = (transfer->fd->flags & (WASI_FDFLAG_DSYNC | WASI_FDFLAG_SYNC)) != 0;
    if (ENABLED(CONFIG_HOST_WASI_FILES) && is_wanted && transfer->fd->ops->sync) {
        return transfer->fd->ops->sync(mote_wasi_of(transfer->caller), transfer->fd);
    }
    return MOTE_ERRNO_SUCCESS;
}

/* Values are the descriptor, the list, its length, and where the number of bytes goes. */
static enum mote_trap transfer_list(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd, buffer_fn move)
{
    uint32_t count = (uint32_t)values[2];
    const uint8_t *list = mote_wasi_at(caller, values[1], (uint64_t)count * WASI_IOVEC_SIZE);
    uint8_t *moved = mote_wasi_at(caller, values[3], 4);
    if (!list || !moved) {
        return mote_wasi_end(values, MOTE_ERRNO_FAULT);
    }
    struct transfer transfer = {caller, fd, 0, false};
    enum mote_errno error = move_list(&transfer, list, count, move);
    if (error == MOTE_ERRNO_SUCCESS && move == write_buffer) {
        error = sync_if_wanted(&transfer);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_put_u32(moved, transfer.moved);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_read_list(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd)
{
    return transfer_list(caller, values, fd, read_buffer);
}

enum mote_trap mote_wasi_write_list(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd)
{
    return transfer_list(caller, values, fd, write_buffer);
}

/* A descriptor that cannot read or write at all is a BADF, as in POSIX; one that gave up the right is not capable. */
enum mote_trap mote_wasi_fd_read(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd = NULL;
    enum mote_errno error = mote_fd_find(&mote_wasi_of(caller)->fds, values[0], WASI_RIGHT_FD_READ, &fd);
    if (fd && !fd->ops->read) {
        error = MOTE_ERRNO_BADF;
    }
    return error == MOTE_ERRNO_SUCCESS ? mote_wasi_read_list(caller, values, fd) : mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_write(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd = NULL;
    enum mote_errno error = mote_fd_find(&mote_wasi_of(caller)->fds, values[0], WASI_RIGHT_FD_WRITE, &fd);
    if (fd && !fd->ops->write) {
        error = MOTE_ERRNO_BADF;
    }
    return error == MOTE_ERRNO_SUCCESS ? mote_wasi_write_list(caller, values, fd) : mote_wasi_end(values, error);
}

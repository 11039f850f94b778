/* Files as descriptors, on the embedder's file system. */
#include "host/wasi/file.h"

#include "host/wasi/wasi_host.h"

static enum mote_errno read_file(struct mote_caller *caller, struct mote_fd *fd, void *data, uint32_t size, uint32_t *count)
{
    struct mote_vfs *vfs = mote_wasi_of(caller)->options.files;
    enum mote_errno error = vfs->ops->read(vfs, fd->object, fd->position, data, size, count);
    fd->position += *count;
    return error;
}

static enum mote_errno file_size(const struct mote_wasi *wasi, const struct mote_fd *fd, uint32_t *size_bytes)
{
    struct mote_vfs_stat stat;
    struct mote_vfs *vfs = wasi->options.files;
    enum mote_errno error = vfs->ops->file_stat(vfs, fd->object, &stat);
    *size_bytes = stat.size_bytes;
    return error;
}

/* In steps, since flash takes its time and the agent may be interrupted. */
static enum mote_errno grow(const struct mote_caller *caller, const struct mote_fd *fd, uint32_t from, uint32_t to)
{
    struct mote_vfs *vfs = mote_wasi_of(caller)->options.files;
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    for (uint32_t at = from; at < to && error == MOTE_ERRNO_SUCCESS;) {
        at += to - at < WASI_CHUNK_BYTES ? to - at : WASI_CHUNK_BYTES;
        error = mote_wasi_breathe(caller) ? MOTE_ERRNO_INTR : vfs->ops->truncate(vfs, fd->object, at);
    }
    if (error != MOTE_ERRNO_SUCCESS) {
        vfs->ops->truncate(vfs, fd->object, from);
    }
    return error;
}

enum mote_errno mote_file_resize(const struct mote_caller *caller, const struct mote_fd *fd, uint64_t size)
{
    uint32_t old_size;
    struct mote_vfs *vfs = mote_wasi_of(caller)->options.files;
    enum mote_errno error = file_size(mote_wasi_of(caller), fd, &old_size);
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    if (size > INT32_MAX) {
        return size > INT64_MAX ? MOTE_ERRNO_INVAL : MOTE_ERRNO_FBIG;
    }
    return size > old_size ? grow(caller, fd, old_size, (uint32_t)size) : vfs->ops->truncate(vfs, fd->object, (uint32_t)size);
}

/* Where the position lies behind the end, zeros come between. */
static enum mote_errno write_file(struct mote_caller *caller, struct mote_fd *fd, const void *data, uint32_t size, uint32_t *count)
{
    uint32_t end;
    struct mote_vfs *vfs = mote_wasi_of(caller)->options.files;
    enum mote_errno error = file_size(mote_wasi_of(caller), fd, &end);
    uint32_t position = fd->flags & WASI_FDFLAG_APPEND ? end : fd->position;
    if (error == MOTE_ERRNO_SUCCESS && position > end) {
        error = mote_file_resize(caller, fd, position);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        error = vfs->ops->write(vfs, fd->object, position, data, size, count);
        fd->position = position + *count;
    }
    return error;
}

static enum mote_wasi_filetype file_type(const struct mote_wasi *wasi, const struct mote_fd *fd)
{
    (void)wasi, (void)fd;
    return WASI_FILETYPE_REGULAR_FILE;
}

static enum mote_errno sync_file(const struct mote_wasi *wasi, const struct mote_fd *fd)
{
    return wasi->options.files->ops->sync(wasi->options.files, fd->object);
}

static enum mote_errno close_file(struct mote_wasi *wasi, struct mote_fd *fd)
{
    return wasi->options.files->ops->close(wasi->options.files, fd->object);
}

static const struct mote_fd_ops file_ops = {
    .read = read_file,
    .write = write_file,
    .filetype = file_type,
    .size = file_size,
    .sync = sync_file,
    .close = close_file,
};

void mote_file_open(struct mote_fd *fd, struct mote_vfs_file *file)
{
    *fd = (struct mote_fd){.ops = &file_ops, .object = file};
}

struct mote_vfs_file *mote_file_of(const struct mote_fd *fd)
{
    return fd->ops == &file_ops ? fd->object : NULL;
}

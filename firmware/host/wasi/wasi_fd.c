/* WASI functions on open descriptors other than reading and writing: state, closing, renumbering, and the answers of streams, which have
   no position and name no directory. */
#include "host/wasi/wasi_host.h"

static struct mote_fd_table *fds_of(const struct mote_caller *caller)
{
    return &mote_wasi_of(caller)->fds;
}

enum mote_trap mote_wasi_fd_close(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_fd_close(fd);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_renumber(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *from, *to;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &from);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = mote_fd_find(fds_of(caller), values[1], 0, &to);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_fd_move(from, to);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_fdstat_get(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint8_t *stat = mote_wasi_at(caller, values[1], WASI_FDSTAT_SIZE);
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    if (error != MOTE_ERRNO_SUCCESS) {
        return mote_wasi_end(values, error);
    }
    if (!stat) {
        return mote_wasi_end(values, MOTE_ERRNO_FAULT);
    }
    memset(stat, 0, WASI_FDSTAT_SIZE);
    stat[WASI_FDSTAT_FILETYPE] = (uint8_t)fd->ops->filetype(fd);
    mote_put_u16(stat + WASI_FDSTAT_FLAGS, fd->flags);
    mote_put_u64(stat + WASI_FDSTAT_RIGHTS_BASE, fd->rights_base);
    mote_put_u64(stat + WASI_FDSTAT_RIGHTS_INHERITING, fd->rights_inheriting);
    return mote_wasi_end(values, MOTE_ERRNO_SUCCESS);
}

enum mote_trap mote_wasi_fd_fdstat_set_flags(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint32_t flags = (uint32_t)values[1];
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], WASI_RIGHT_FD_FDSTAT_SET_FLAGS, &fd);
    if (error == MOTE_ERRNO_SUCCESS && (flags & ~(uint32_t)WASI_FDFLAGS_ALL) != 0) {
        error = MOTE_ERRNO_INVAL;
    }
    if (error == MOTE_ERRNO_SUCCESS && (flags & ~(uint32_t)(WASI_FDFLAG_APPEND | WASI_FDFLAG_NONBLOCK)) != 0) {
        error = MOTE_ERRNO_NOTSUP; /* a stream has no storage to be in step with */
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->flags = (uint16_t)flags;
    }
    return mote_wasi_end(values, error);
}

/* Rights can only be given up. */
enum mote_trap mote_wasi_fd_fdstat_set_rights(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], values[1], &fd);
    if (error == MOTE_ERRNO_SUCCESS && (values[2] & ~fd->rights_inheriting) != 0) {
        error = MOTE_ERRNO_NOTCAPABLE;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->rights_base = values[1];
        fd->rights_inheriting = values[2];
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_filestat_get(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint8_t *stat = mote_wasi_at(caller, values[1], WASI_FILESTAT_SIZE);
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], WASI_RIGHT_FD_FILESTAT_GET, &fd);
    if (error != MOTE_ERRNO_SUCCESS) {
        return mote_wasi_end(values, error);
    }
    if (!stat) {
        return mote_wasi_end(values, MOTE_ERRNO_FAULT);
    }
    memset(stat, 0, WASI_FILESTAT_SIZE);
    stat[WASI_FILESTAT_FILETYPE] = (uint8_t)fd->ops->filetype(fd);
    mote_put_u64(stat + WASI_FILESTAT_NLINK, 1);
    return mote_wasi_end(values, MOTE_ERRNO_SUCCESS);
}

/* Streams have no position: any descriptor that is open gives SPIPE once the question itself is in order. */
enum mote_trap mote_wasi_fd_seek(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = (uint32_t)values[2] < WASI_WHENCE_COUNT ? MOTE_ERRNO_SPIPE : MOTE_ERRNO_INVAL;
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_tell(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? MOTE_ERRNO_SPIPE : error);
}

/* Nothing is held back on the way to a stream, so there is nothing to do. */
enum mote_trap mote_wasi_fd_sync(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    return mote_wasi_end(values, mote_fd_find(fds_of(caller), values[0], WASI_RIGHT_FD_SYNC, &fd));
}

enum mote_trap mote_wasi_fd_datasync(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    return mote_wasi_end(values, mote_fd_find(fds_of(caller), values[0], WASI_RIGHT_FD_DATASYNC, &fd));
}

/* No descriptor is a directory that was opened beforehand: wasi-libc counts them from 3 up until it gets BADF. */
enum mote_trap mote_wasi_fd_prestat_get(struct mote_caller *caller, uint64_t *values)
{
    (void)caller;
    return mote_wasi_end(values, MOTE_ERRNO_BADF);
}

enum mote_trap mote_wasi_fd_prestat_dir_name(struct mote_caller *caller, uint64_t *values)
{
    (void)caller;
    return mote_wasi_end(values, MOTE_ERRNO_BADF);
}

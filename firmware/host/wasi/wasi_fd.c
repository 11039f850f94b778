/* WASI functions on open descriptors other than reading and writing: state, position, closing, renumbering. Streams have no position and name no
   directory. */
#include "base/text.h"
#include "host/wasi/wasi_host.h"

static struct mote_fd_table *fds_of(const struct mote_caller *caller)
{
    return &mote_wasi_of(caller)->fds;
}

static bool is_file(const struct mote_fd *fd)
{
    return ENABLED(CONFIG_HOST_WASI_FILES) && fd->ops->size;
}

enum mote_trap mote_wasi_fd_close(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = mote_fd_close(mote_wasi_of(caller), fd);
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
        error = mote_fd_move(mote_wasi_of(caller), from, to);
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
    stat[WASI_FDSTAT_FILETYPE] = (uint8_t)fd->ops->filetype(mote_wasi_of(caller), fd);
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
    if (error == MOTE_ERRNO_SUCCESS && !is_file(fd) && (flags & ~(uint32_t)(WASI_FDFLAG_APPEND | WASI_FDFLAG_NONBLOCK)) != 0) {
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
    if (error == MOTE_ERRNO_SUCCESS && (values[2] & ~(uint64_t)fd->rights_inheriting) != 0) {
        error = MOTE_ERRNO_NOTCAPABLE;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->rights_base = (uint32_t)values[1];
        fd->rights_inheriting = (uint32_t)values[2];
    }
    return mote_wasi_end(values, error);
}

void mote_wasi_put_filestat(uint8_t *stat, enum mote_wasi_filetype type, uint32_t inode, uint32_t size_bytes)
{
    memset(stat, 0, WASI_FILESTAT_SIZE); /* there is one device, and no clock in it */
    mote_put_u32(stat + WASI_FILESTAT_INO, inode);
    stat[WASI_FILESTAT_FILETYPE] = (uint8_t)type;
    mote_put_u64(stat + WASI_FILESTAT_NLINK, 1);
    mote_put_u32(stat + WASI_FILESTAT_BYTES, size_bytes);
}

enum mote_trap mote_wasi_fd_filestat_get(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint32_t size_bytes = 0;
    uint8_t *stat = mote_wasi_at(caller, values[1], WASI_FILESTAT_SIZE);
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], WASI_RIGHT_FD_FILESTAT_GET, &fd);
    if (error == MOTE_ERRNO_SUCCESS && !stat) {
        error = MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS && is_file(fd)) {
        error = fd->ops->size(mote_wasi_of(caller), fd, &size_bytes);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_wasi_put_filestat(stat, fd->ops->filetype(mote_wasi_of(caller), fd), fd->inode, size_bytes);
    }
    return mote_wasi_end(values, error);
}

/* Who has no position: a stream, which otherwise can be read or written, or a directory. */
static enum mote_errno refuse_position(const struct mote_fd *fd)
{
    return fd->ops->read || fd->ops->write ? MOTE_ERRNO_SPIPE : MOTE_ERRNO_BADF;
}

/* Where a file's position is to be, by whence. */
static enum mote_errno seek(const struct mote_wasi *wasi, const struct mote_fd *fd, int64_t offset, uint32_t whence, uint32_t *position)
{
    uint32_t from = whence == WASI_WHENCE_CUR ? fd->position : 0;
    enum mote_errno error = whence == WASI_WHENCE_END ? fd->ops->size(wasi, fd, &from) : MOTE_ERRNO_SUCCESS;
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    if (offset > UINT32_MAX - (int64_t)from) {
        return MOTE_ERRNO_OVERFLOW;
    }
    *position = (uint32_t)(from + offset);
    return from + offset < 0 ? MOTE_ERRNO_INVAL : MOTE_ERRNO_SUCCESS;
}

/* To ask for the position, by a seek that moves nothing, takes only the right to tell. */
enum mote_trap mote_wasi_fd_seek(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint32_t whence = (uint32_t)values[2], position = 0;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], 0, &fd);
    if (error != MOTE_ERRNO_SUCCESS || whence >= WASI_WHENCE_COUNT) {
        return mote_wasi_end(values, error != MOTE_ERRNO_SUCCESS ? error : MOTE_ERRNO_INVAL);
    }
    if (!is_file(fd)) {
        return mote_wasi_end(values, refuse_position(fd));
    }
    bool is_question = whence == WASI_WHENCE_CUR && values[1] == 0;
    uint8_t *at = mote_wasi_at(caller, values[3], 8);
    error = mote_fd_find(fds_of(caller), values[0], is_question ? WASI_RIGHT_FD_TELL : WASI_RIGHT_FD_SEEK, &fd);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = at ? seek(mote_wasi_of(caller), fd, (int64_t)values[1], whence, &position) : MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->position = position;
        mote_put_u64(at, position);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_tell(struct mote_caller *caller, uint64_t *values)
{
    uint64_t seek_values[4] = {values[0], 0, WASI_WHENCE_CUR, values[1]};
    enum mote_trap trap = mote_wasi_fd_seek(caller, seek_values);
    values[0] = seek_values[0];
    return trap;
}

/* Nothing is held back on the way to a stream, so there is nothing to do. */
static enum mote_trap sync(struct mote_caller *caller, uint64_t *values, uint64_t right)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), values[0], right, &fd);
    if (ENABLED(CONFIG_HOST_WASI_FILES) && error == MOTE_ERRNO_SUCCESS && fd->ops->sync) {
        error = fd->ops->sync(mote_wasi_of(caller), fd);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_sync(struct mote_caller *caller, uint64_t *values)
{
    return sync(caller, values, WASI_RIGHT_FD_SYNC);
}

enum mote_trap mote_wasi_fd_datasync(struct mote_caller *caller, uint64_t *values)
{
    return sync(caller, values, WASI_RIGHT_FD_DATASYNC);
}

/* wasi-libc counts the directories that were opened beforehand from 3 up until it gets BADF. */
static enum mote_errno find_preopen(const struct mote_caller *caller, uint64_t number, const char **name)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(fds_of(caller), number, 0, &fd);
    bool can_be = ENABLED(CONFIG_HOST_WASI_FILES) && error == MOTE_ERRNO_SUCCESS && fd->ops->preopen;
    const struct mote_wasi_preopen *preopen = can_be ? fd->ops->preopen(fd) : NULL;
    *name = preopen ? preopen->guest_path : NULL;
    return preopen ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_BADF;
}

enum mote_trap mote_wasi_fd_prestat_get(struct mote_caller *caller, uint64_t *values)
{
    const char *name;
    uint8_t *prestat = mote_wasi_at(caller, values[1], WASI_PRESTAT_SIZE);
    enum mote_errno error = find_preopen(caller, values[0], &name);
    if (error == MOTE_ERRNO_SUCCESS && !prestat) {
        error = MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_put_u32(prestat, 0); /* a directory: there is no other kind */
        mote_put_u32(prestat + WASI_PRESTAT_NAME_LEN, (uint32_t)mote_string_length(name));
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_prestat_dir_name(struct mote_caller *caller, uint64_t *values)
{
    const char *name;
    uint32_t room = (uint32_t)values[2];
    uint8_t *to = mote_wasi_at(caller, values[1], room);
    enum mote_errno error = find_preopen(caller, values[0], &name);
    if (error == MOTE_ERRNO_SUCCESS && !to) {
        error = MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        size_t length = mote_string_length(name);
        error = length <= room ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_NAMETOOLONG;
        memcpy(to, name, length <= room ? length : 0);
    }
    return mote_wasi_end(values, error);
}

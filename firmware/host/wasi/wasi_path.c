/* WASI functions on paths: opening, making, renaming, removing. There are neither links nor times. */
#include "base/text.h"
#include "host/wasi/directory.h"
#include "host/wasi/file.h"
#include "host/wasi/path.h"
#include "host/wasi/wasi_host.h"

static struct mote_vfs *vfs_of(const struct mote_caller *caller)
{
    return mote_wasi_of(caller)->options.files;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

struct opening {
    struct mote_wasi *wasi;
    struct mote_path path;
    uint32_t flags; /* enum mote_wasi_oflags */
    uint32_t rights_base;
    uint32_t rights_inheriting;
};

/* The rights that the directory must have for what is asked. */
static uint64_t rights_to_open(uint32_t flags)
{
    uint64_t rights = WASI_RIGHT_PATH_OPEN;
    rights |= flags & WASI_OFLAG_CREAT ? WASI_RIGHT_PATH_CREATE_FILE : 0;
    rights |= flags & WASI_OFLAG_TRUNC ? WASI_RIGHT_PATH_FILESTAT_SET_SIZE : 0;
    return rights;
}

static bool are_flags_good(uint64_t lookup, uint64_t flags, uint64_t fd_flags)
{
    bool makes_dir = (flags & WASI_OFLAG_CREAT) && (flags & WASI_OFLAG_DIRECTORY);
    return (uint32_t)lookup <= WASI_LOOKUPFLAGS_ALL && (uint32_t)flags <= WASI_OFLAGS_ALL && (uint32_t)fd_flags <= WASI_FDFLAGS_ALL && !makes_dir;
}

static enum mote_errno open_file(const struct opening *opening, struct mote_fd *fd)
{
    struct mote_vfs *vfs = opening->wasi->options.files;
    struct mote_vfs_file *file;
    unsigned flags = MOTE_VFS_READ | MOTE_VFS_WRITE;
    flags |= opening->flags & WASI_OFLAG_CREAT ? MOTE_VFS_CREATE : 0;
    flags |= opening->flags & WASI_OFLAG_TRUNC ? MOTE_VFS_TRUNCATE : 0;
    enum mote_errno error = vfs->ops->open(vfs, opening->path.text, flags, &file);
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_file_open(fd, file);
        fd->inode = mote_path_inode(opening->path.text, NULL);
        fd->rights_base = opening->rights_base & FILE_RIGHTS;
    }
    return error;
}

static enum mote_errno open_directory(const struct opening *opening, struct mote_fd *fd)
{
    bool is_to_write = (opening->rights_base & WASI_RIGHT_FD_WRITE) && !(opening->flags & WASI_OFLAG_DIRECTORY);
    if (is_to_write || (opening->flags & (WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC))) {
        return MOTE_ERRNO_ISDIR;
    }
    enum mote_errno error = mote_directory_open(opening->wasi, fd, opening->path.text);
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->rights_base = opening->rights_base & DIRECTORY_RIGHTS;
        fd->rights_inheriting = opening->rights_inheriting;
    }
    return error;
}

/* Decides by what is there already. */
static enum mote_errno open_path(const struct opening *opening, struct mote_fd *fd)
{
    struct mote_vfs_stat stat;
    bool is_to_be_made = (opening->flags & WASI_OFLAG_CREAT) != 0;
    enum mote_errno error = mote_path_stat(opening->wasi, &opening->path, &stat);
    if (error == MOTE_ERRNO_NOENT && is_to_be_made) {
        return opening->path.is_for_dir ? MOTE_ERRNO_ISDIR : open_file(opening, fd);
    }
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    if (is_to_be_made && (opening->flags & WASI_OFLAG_EXCL)) {
        return MOTE_ERRNO_EXIST;
    }
    if (stat.kind == MOTE_VFS_DIR) {
        return open_directory(opening, fd);
    }
    return opening->flags & WASI_OFLAG_DIRECTORY ? MOTE_ERRNO_NOTDIR : open_file(opening, fd);
}

/* Resolves the path and checks that nobody is given a right that the directory does not pass on. */
static enum mote_errno prepare_opening(struct mote_caller *caller, const uint64_t *values, struct opening *opening)
{
    struct mote_fd *from = NULL;
    if (!are_flags_good(values[1], values[4], values[7])) {
        return MOTE_ERRNO_INVAL;
    }
    opening->wasi = mote_wasi_of(caller);
    opening->flags = (uint32_t)values[4];
    opening->rights_base = (uint32_t)values[5];
    opening->rights_inheriting = (uint32_t)values[6];
    enum mote_errno error = mote_path_resolve(caller, values[0], rights_to_open(opening->flags), values[2], values[3], &opening->path);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = mote_fd_find(&opening->wasi->fds, values[0], 0, &from);
    }
    if (error == MOTE_ERRNO_SUCCESS && ((values[5] | values[6]) & ~(uint64_t)from->rights_inheriting) != 0) {
        error = MOTE_ERRNO_NOTCAPABLE;
    }
    return error;
}

/* Values: descriptor, lookup flags, path and its length, open flags, rights and rights to pass on, descriptor flags, where the number goes. */
enum mote_trap mote_wasi_path_open(struct mote_caller *caller, uint64_t *values)
{
    struct opening opening;
    struct mote_fd_table *fds = &mote_wasi_of(caller)->fds;
    uint8_t *number = mote_wasi_at(caller, values[8], 4);
    struct mote_fd *fd = mote_fd_free(fds);
    enum mote_errno error = prepare_opening(caller, values, &opening);
    if (error == MOTE_ERRNO_SUCCESS && (!number || !fd)) {
        error = number ? MOTE_ERRNO_MFILE : MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        error = open_path(&opening, fd);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        fd->flags = (uint16_t)values[7];
        mote_put_u32(number, (uint32_t)(fd - fds->fds));
    }
    return mote_wasi_end(values, error);
}

/* ---- Asking ------------------------------------------------------------------------------------------------------ */

static enum mote_errno stat_path(const struct mote_caller *caller, const uint64_t *values, uint64_t rights, struct mote_path *path,
                                 struct mote_vfs_stat *stat)
{
    if ((uint32_t)values[1] > WASI_LOOKUPFLAGS_ALL) {
        return MOTE_ERRNO_INVAL;
    }
    enum mote_errno error = mote_path_resolve(caller, values[0], rights, values[2], values[3], path);
    return error == MOTE_ERRNO_SUCCESS ? mote_path_stat(mote_wasi_of(caller), path, stat) : error;
}

enum mote_trap mote_wasi_path_filestat_get(struct mote_caller *caller, uint64_t *values)
{
    struct mote_path path;
    struct mote_vfs_stat stat;
    uint8_t *to = mote_wasi_at(caller, values[4], WASI_FILESTAT_SIZE);
    enum mote_errno error = stat_path(caller, values, WASI_RIGHT_PATH_FILESTAT_GET, &path, &stat);
    if (error == MOTE_ERRNO_SUCCESS && !to) {
        error = MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        enum mote_wasi_filetype type = stat.kind == MOTE_VFS_DIR ? WASI_FILETYPE_DIRECTORY : WASI_FILETYPE_REGULAR_FILE;
        mote_wasi_put_filestat(to, type, mote_path_inode(path.text, NULL), stat.size_bytes);
    }
    return mote_wasi_end(values, error);
}

/* Times are not kept: what asks for them in good form succeeds. */
enum mote_trap mote_wasi_path_filestat_set_times(struct mote_caller *caller, uint64_t *values)
{
    struct mote_path path;
    struct mote_vfs_stat stat;
    enum mote_errno error = stat_path(caller, values, WASI_RIGHT_PATH_FILESTAT_SET_TIMES, &path, &stat);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? mote_wasi_check_times(values[6]) : error);
}

/* What is there is no link. */
enum mote_trap mote_wasi_path_readlink(struct mote_caller *caller, uint64_t *values)
{
    struct mote_path path;
    struct mote_vfs_stat stat;
    bool is_good = mote_wasi_at(caller, values[3], (uint32_t)values[4]) && mote_wasi_at(caller, values[5], 4);
    enum mote_errno error = mote_path_resolve(caller, values[0], WASI_RIGHT_PATH_READLINK, values[1], values[2], &path);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = is_good ? mote_path_stat(mote_wasi_of(caller), &path, &stat) : MOTE_ERRNO_FAULT;
    }
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? MOTE_ERRNO_INVAL : error);
}

/* ---- Changing ---------------------------------------------------------------------------------------------------- */

enum mote_trap mote_wasi_path_create_directory(struct mote_caller *caller, uint64_t *values)
{
    struct mote_path path;
    struct mote_vfs_stat stat;
    struct mote_vfs *vfs = vfs_of(caller);
    enum mote_errno error = mote_path_resolve(caller, values[0], WASI_RIGHT_PATH_CREATE_DIRECTORY, values[1], values[2], &path);
    if (error == MOTE_ERRNO_SUCCESS && path.is_for_existing) {
        error = mote_path_stat(mote_wasi_of(caller), &path, &stat);
        error = error == MOTE_ERRNO_SUCCESS ? MOTE_ERRNO_EXIST : error;
    } else if (error == MOTE_ERRNO_SUCCESS) {
        error = vfs->ops->make_dir(vfs, path.text);
    }
    return mote_wasi_end(values, error);
}

static enum mote_trap remove_path(struct mote_caller *caller, uint64_t *values, uint64_t right, enum mote_vfs_kind kind)
{
    struct mote_path path;
    struct mote_vfs *vfs = vfs_of(caller);
    enum mote_errno error = mote_path_resolve(caller, values[0], right, values[1], values[2], &path);
    if (error == MOTE_ERRNO_SUCCESS && path.is_for_dir) {
        struct mote_vfs_stat stat;
        error = mote_path_stat(mote_wasi_of(caller), &path, &stat);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        bool is_refused = path.is_for_existing && kind == MOTE_VFS_DIR;
        error = is_refused ? MOTE_ERRNO_INVAL : vfs->ops->remove(vfs, path.text, kind);
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_path_remove_directory(struct mote_caller *caller, uint64_t *values)
{
    return remove_path(caller, values, WASI_RIGHT_PATH_REMOVE_DIRECTORY, MOTE_VFS_DIR);
}

enum mote_trap mote_wasi_path_unlink_file(struct mote_caller *caller, uint64_t *values)
{
    return remove_path(caller, values, WASI_RIGHT_PATH_UNLINK_FILE, MOTE_VFS_FILE);
}

static enum mote_errno rename_path(const struct mote_wasi *wasi, const struct mote_path *from, const struct mote_path *to)
{
    struct mote_vfs_stat stat;
    struct mote_vfs *vfs = wasi->options.files;
    enum mote_errno error = mote_path_stat(wasi, from, &stat);
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    if (from->is_for_existing || to->is_for_existing) {
        return MOTE_ERRNO_INVAL;
    }
    return to->is_for_dir && stat.kind != MOTE_VFS_DIR ? MOTE_ERRNO_NOTDIR : vfs->ops->rename(vfs, from->text, to->text);
}

/* All directories lie in one file system. */
enum mote_trap mote_wasi_path_rename(struct mote_caller *caller, uint64_t *values)
{
    struct mote_path from, to;
    enum mote_errno error = mote_path_resolve(caller, values[0], WASI_RIGHT_PATH_RENAME_SOURCE, values[1], values[2], &from);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = mote_path_resolve(caller, values[3], WASI_RIGHT_PATH_RENAME_TARGET, values[4], values[5], &to);
    }
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? rename_path(mote_wasi_of(caller), &from, &to) : error);
}

/* ---- Links: there are none --------------------------------------------------------------------------------------- */

static enum mote_trap refuse_link(struct mote_caller *caller, uint64_t *values, uint64_t fd)
{
    struct mote_fd *found;
    enum mote_errno error = mote_fd_find(&mote_wasi_of(caller)->fds, fd, 0, &found);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? MOTE_ERRNO_NOTSUP : error);
}

enum mote_trap mote_wasi_path_link(struct mote_caller *caller, uint64_t *values)
{
    return refuse_link(caller, values, values[0]);
}

enum mote_trap mote_wasi_path_symlink(struct mote_caller *caller, uint64_t *values)
{
    return refuse_link(caller, values, values[2]);
}

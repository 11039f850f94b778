/* The operations of vfs.h on a mounted littlefs. A file that is opened twice is one open file with two users, so that all see what one writes; what is
   open cannot be removed or replaced. */
#include "host/wasi/vfs_littlefs.h"

struct mote_vfs_file {
    lfs_file_t file; /* first: littlefs gives its address back */
    struct lfs_file_config config;
    uint32_t uses;
    uint8_t cache[LITTLEFS_CACHE_BYTES];
};

struct mote_vfs_dir {
    lfs_dir_t dir;
};

static enum mote_errno errno_of(int error)
{
    switch (error) {
    case LFS_ERR_NOENT: return MOTE_ERRNO_NOENT;
    case LFS_ERR_EXIST: return MOTE_ERRNO_EXIST;
    case LFS_ERR_NOTDIR: return MOTE_ERRNO_NOTDIR;
    case LFS_ERR_ISDIR: return MOTE_ERRNO_ISDIR;
    case LFS_ERR_NOTEMPTY: return MOTE_ERRNO_NOTEMPTY;
    case LFS_ERR_FBIG: return MOTE_ERRNO_FBIG;
    case LFS_ERR_INVAL: return MOTE_ERRNO_INVAL;
    case LFS_ERR_NOSPC: return MOTE_ERRNO_NOSPC;
    case LFS_ERR_NOMEM: return MOTE_ERRNO_NOMEM;
    case LFS_ERR_NAMETOOLONG: return MOTE_ERRNO_NAMETOOLONG;
    default: return error < 0 ? MOTE_ERRNO_IO : MOTE_ERRNO_SUCCESS;
    }
}

/* Ends an operation with littlefs' result, of which only errors are negative. */
static enum mote_errno leave(struct mote_littlefs *fs, int result)
{
    fs->vfs.is_busy = false;
    return errno_of(result);
}

static enum mote_errno leave_with(struct mote_littlefs *fs, enum mote_errno error)
{
    fs->vfs.is_busy = false;
    return error;
}

/* Memory for something open, or NULL and why. */
static void *allocate(struct mote_littlefs *fs, size_t size, enum mote_errno *error)
{
    bool is_full = fs->open_count >= MOTE_VFS_OPEN_MAX;
    void *block = is_full ? NULL : fs->allocator.resize(fs->allocator.user, NULL, 0, size);
    fs->open_count += block != NULL;
    *error = block ? MOTE_ERRNO_SUCCESS : is_full ? MOTE_ERRNO_NFILE : MOTE_ERRNO_NOMEM;
    return block;
}

static void release(struct mote_littlefs *fs, void *block, size_t size)
{
    fs->allocator.resize(fs->allocator.user, block, size, 0);
    fs->open_count--;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* Always for reading and writing, since it may get other users; what each of them may do is up to whoever opened. */
static enum mote_errno open_new(struct mote_littlefs *fs, const char *path, unsigned flags, struct mote_vfs_file **out)
{
    enum mote_errno error;
    struct mote_vfs_file *file = allocate(fs, sizeof *file, &error);
    if (!file) {
        return error;
    }
    file->uses = 0;
    file->config = (struct lfs_file_config){.buffer = file->cache};
    int mode = LFS_O_RDWR | (flags & MOTE_VFS_CREATE ? LFS_O_CREAT : 0) | (flags & MOTE_VFS_EXCLUSIVE ? LFS_O_EXCL : 0);
    error = errno_of(lfs_file_opencfg(&fs->lfs, &file->file, path, mode, &file->config));
    if (error != MOTE_ERRNO_SUCCESS) {
        release(fs, file, sizeof *file);
        return error;
    }
    *out = file;
    return MOTE_ERRNO_SUCCESS;
}

static int drop_use(struct mote_littlefs *fs, struct mote_vfs_file *file)
{
    if (--file->uses > 0) {
        return lfs_file_sync(&fs->lfs, &file->file);
    }
    int result = lfs_file_close(&fs->lfs, &file->file);
    release(fs, file, sizeof *file);
    return result;
}

static enum mote_errno open_file(struct mote_vfs *vfs, const char *path, unsigned flags, struct mote_vfs_file **out)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    struct mote_vfs_file *file = (struct mote_vfs_file *)mote_littlefs_find_open(&fs->lfs, path);
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    if (!file) {
        error = open_new(fs, path, flags, &file);
    } else if (flags & MOTE_VFS_EXCLUSIVE) {
        error = MOTE_ERRNO_EXIST;
    }
    if (error != MOTE_ERRNO_SUCCESS) {
        return leave_with(fs, error);
    }
    file->uses++;
    int result = flags & MOTE_VFS_TRUNCATE ? lfs_file_truncate(&fs->lfs, &file->file, 0) : LFS_ERR_OK;
    if (result < 0) {
        drop_use(fs, file);
    }
    *out = file;
    return leave(fs, result);
}

static enum mote_errno close_file(struct mote_vfs *vfs, struct mote_vfs_file *file)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    return leave(fs, drop_use(fs, file));
}

static enum mote_errno read_file(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t at, void *data, uint32_t size, uint32_t *count)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    lfs_ssize_t result = at <= LFS_FILE_MAX ? lfs_file_seek(&fs->lfs, &file->file, (lfs_soff_t)at, LFS_SEEK_SET) : LFS_ERR_OK;
    if (result >= 0 && at <= LFS_FILE_MAX) {
        result = lfs_file_read(&fs->lfs, &file->file, data, size < LFS_FILE_MAX ? size : LFS_FILE_MAX);
    }
    *count = result > 0 ? (uint32_t)result : 0;
    return leave(fs, result);
}

/* When the flash is full, littlefs would forget all that was written since the last sync. To sync keeps what went in before it was full: that
   is then a short write, and the next one fails with nothing lost. */
static lfs_ssize_t save_rest(struct mote_littlefs *fs, struct mote_vfs_file *file, uint32_t at)
{
    lfs_soff_t reached = lfs_file_tell(&fs->lfs, &file->file);
    int result = lfs_file_sync(&fs->lfs, &file->file);
    if (result < 0) {
        return result;
    }
    return reached > (lfs_soff_t)at ? reached - (lfs_soff_t)at : LFS_ERR_NOSPC;
}

static enum mote_errno write_file(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t at, const void *data, uint32_t size,
                                  uint32_t *count)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    *count = 0;
    if (at > LFS_FILE_MAX || size > LFS_FILE_MAX - at) {
        return leave(fs, LFS_ERR_FBIG);
    }
    lfs_ssize_t result = lfs_file_seek(&fs->lfs, &file->file, (lfs_soff_t)at, LFS_SEEK_SET);
    if (result >= 0) {
        result = lfs_file_write(&fs->lfs, &file->file, data, size);
    }
    if (result == LFS_ERR_NOSPC) {
        result = save_rest(fs, file, at);
    }
    *count = result > 0 ? (uint32_t)result : 0;
    return leave(fs, result);
}

static enum mote_errno sync_file(struct mote_vfs *vfs, struct mote_vfs_file *file)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    return leave(fs, lfs_file_sync(&fs->lfs, &file->file));
}

/* A file that the flash has no room for stays as it was. */
static enum mote_errno truncate_file(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t size)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    lfs_soff_t old_size = lfs_file_size(&fs->lfs, &file->file);
    int result = size > LFS_FILE_MAX ? LFS_ERR_FBIG : lfs_file_truncate(&fs->lfs, &file->file, size);
    if (result == LFS_ERR_NOSPC && lfs_file_truncate(&fs->lfs, &file->file, (lfs_off_t)old_size) == LFS_ERR_OK) {
        lfs_file_sync(&fs->lfs, &file->file); /* otherwise littlefs would drop what is to come */
    }
    return leave(fs, result);
}

static enum mote_errno stat_file(struct mote_vfs *vfs, struct mote_vfs_file *file, struct mote_vfs_stat *stat)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    *stat = (struct mote_vfs_stat){MOTE_VFS_FILE, (uint32_t)lfs_file_size(&fs->lfs, &file->file)};
    return leave(fs, LFS_ERR_OK);
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

static struct mote_vfs_stat stat_of(const struct lfs_info *info)
{
    bool is_dir = info->type == LFS_TYPE_DIR;
    return (struct mote_vfs_stat){is_dir ? MOTE_VFS_DIR : MOTE_VFS_FILE, is_dir ? 0 : info->size};
}

/* An open file is as large as it is for those who have it open. */
static int stat_path_in(struct mote_littlefs *fs, const char *path, struct mote_vfs_stat *stat)
{
    struct lfs_info info;
    int result = lfs_stat(&fs->lfs, path, &info);
    if (result == LFS_ERR_OK) {
        lfs_file_t *file = mote_littlefs_find_open(&fs->lfs, path);
        *stat = stat_of(&info);
        stat->size_bytes = file ? (uint32_t)lfs_file_size(&fs->lfs, file) : stat->size_bytes;
    }
    return result;
}

static enum mote_errno stat_path(struct mote_vfs *vfs, const char *path, struct mote_vfs_stat *stat)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    return leave(fs, stat_path_in(fs, path, stat));
}

static enum mote_errno make_dir(struct mote_vfs *vfs, const char *path)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    return leave(fs, lfs_mkdir(&fs->lfs, path));
}

/* littlefs would remove what is open, and give its blocks to others. */
static bool is_in_use(struct mote_littlefs *fs, const char *path)
{
    return mote_littlefs_find_open(&fs->lfs, path) || mote_littlefs_is_read(&fs->lfs, path);
}

static enum mote_errno remove_path(struct mote_vfs *vfs, const char *path, enum mote_vfs_kind kind)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    struct mote_vfs_stat stat;
    int result = stat_path_in(fs, path, &stat);
    if (result == LFS_ERR_OK && stat.kind != kind) {
        result = kind == MOTE_VFS_FILE ? LFS_ERR_ISDIR : LFS_ERR_NOTDIR;
    }
    if (result == LFS_ERR_OK && is_in_use(fs, path)) {
        return leave_with(fs, MOTE_ERRNO_BUSY);
    }
    return leave(fs, result == LFS_ERR_OK ? lfs_remove(&fs->lfs, path) : result);
}

/* Whether `path` lies in the directory `above`. */
static bool is_below(const char *path, const char *above)
{
    while (*above && *path == *above) {
        path++;
        above++;
    }
    return !*above && *path == '/';
}

static enum mote_errno rename_path(struct mote_vfs *vfs, const char *from, const char *to)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    if (is_below(to, from)) {
        return leave(fs, LFS_ERR_INVAL); /* which littlefs does not notice */
    }
    if (mote_littlefs_find_open(&fs->lfs, from) || is_in_use(fs, to)) {
        return leave_with(fs, MOTE_ERRNO_BUSY);
    }
    return leave(fs, mote_littlefs_rename(&fs->lfs, from, to));
}

static void space(struct mote_vfs *vfs, uint32_t *total_bytes, uint32_t *free_bytes)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    lfs_ssize_t used = lfs_fs_size(&fs->lfs);
    uint32_t blocks = fs->config.block_count;
    *total_bytes = blocks * fs->config.block_size;
    *free_bytes = used >= 0 && (uint32_t)used < blocks ? (blocks - (uint32_t)used) * fs->config.block_size : 0;
    leave(fs, LFS_ERR_OK);
}

/* ---- Directories ------------------------------------------------------------------------------------------------- */

static enum mote_errno open_dir(struct mote_vfs *vfs, const char *path, struct mote_vfs_dir **out)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    enum mote_errno error;
    struct mote_vfs_dir *dir = allocate(fs, sizeof *dir, &error);
    if (!dir) {
        return leave_with(fs, error);
    }
    int result = lfs_dir_open(&fs->lfs, &dir->dir, path);
    if (result < 0) {
        release(fs, dir, sizeof *dir);
        return leave(fs, result);
    }
    *out = dir;
    return leave(fs, LFS_ERR_OK);
}

static void close_dir(struct mote_vfs *vfs, struct mote_vfs_dir *dir)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    lfs_dir_close(&fs->lfs, &dir->dir);
    release(fs, dir, sizeof *dir);
    leave(fs, LFS_ERR_OK);
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool next_entry(struct mote_vfs *vfs, struct mote_vfs_dir *dir, struct mote_vfs_entry *entry)
{
    struct mote_littlefs *fs = mote_littlefs_enter(vfs);
    struct lfs_info info;
    int result;
    do {
        result = lfs_dir_read(&fs->lfs, &dir->dir, &info);
    } while (result > 0 && is_dots(info.name));
    if (result > 0) {
        entry->stat = stat_of(&info);
        memcpy(entry->name, info.name, sizeof entry->name);
    }
    leave(fs, LFS_ERR_OK);
    return result > 0;
}

const struct mote_vfs_ops mote_littlefs_ops = {
    .open = open_file,
    .close = close_file,
    .read = read_file,
    .write = write_file,
    .sync = sync_file,
    .truncate = truncate_file,
    .file_stat = stat_file,
    .stat = stat_path,
    .make_dir = make_dir,
    .remove = remove_path,
    .rename = rename_path,
    .open_dir = open_dir,
    .close_dir = close_dir,
    .next = next_entry,
    .space = space,
};

/* Directories as descriptors: a path in the file system, and while the guest reads one, where it is in it. Reading goes on where it was as long as the
   guest asks for what comes next, so that it may remove what it has been told of. */
#include "host/wasi/directory.h"

#include "base/text.h"
#include "host/wasi/file.h"
#include "host/wasi/path.h"
#include "host/wasi/wasi_host.h"
#include "runtime/runtime.h"

void mote_directory_close_reader(struct mote_wasi *wasi, struct mote_directory *directory)
{
    struct mote_directory_reader *reader = directory->reader;
    if (reader) {
        wasi->options.files->ops->close_dir(wasi->options.files, reader->dir);
        mote_runtime_free_block(wasi->runtime, reader, sizeof *reader);
        directory->reader = NULL;
    }
}

static enum mote_errno open_reader(struct mote_wasi *wasi, struct mote_directory *directory)
{
    struct mote_vfs *vfs = wasi->options.files;
    struct mote_directory_reader *reader = mote_runtime_alloc(wasi->runtime, sizeof *reader);
    if (!reader) {
        return MOTE_ERRNO_NOMEM;
    }
    enum mote_errno error = vfs->ops->open_dir(vfs, directory->path, &reader->dir);
    if (error != MOTE_ERRNO_SUCCESS) {
        mote_runtime_free_block(wasi->runtime, reader, sizeof *reader);
        return error;
    }
    directory->reader = reader;
    return MOTE_ERRNO_SUCCESS;
}

/* Sees to it that reader->entry is the next one; false at the end. */
static bool load_entry(struct mote_vfs *vfs, struct mote_directory_reader *reader)
{
    if (!reader->has_entry && reader->cookie < 2) {
        reader->entry = (struct mote_vfs_entry){.stat.kind = MOTE_VFS_DIR, .name = ".."};
        reader->entry.name[reader->cookie + 1] = '\0';
        reader->has_entry = true;
    }
    if (!reader->has_entry) {
        reader->has_entry = vfs->ops->next(vfs, reader->dir, &reader->entry);
    }
    return reader->has_entry;
}

void mote_directory_next(struct mote_directory *directory)
{
    directory->reader->has_entry = false;
    directory->reader->cookie++;
}

enum mote_errno mote_directory_entry(const struct mote_caller *caller, struct mote_directory *directory, uint64_t cookie,
                                     const struct mote_vfs_entry **entry)
{
    struct mote_wasi *wasi = mote_wasi_of(caller);
    *entry = NULL;
    if (directory->reader && directory->reader->cookie > cookie) {
        mote_directory_close_reader(wasi, directory);
    }
    enum mote_errno error = directory->reader ? MOTE_ERRNO_SUCCESS : open_reader(wasi, directory);
    while (error == MOTE_ERRNO_SUCCESS && load_entry(wasi->options.files, directory->reader)) {
        if (directory->reader->cookie == cookie) {
            *entry = &directory->reader->entry;
            return MOTE_ERRNO_SUCCESS;
        }
        mote_directory_next(directory);
        error = mote_wasi_breathe(caller) ? MOTE_ERRNO_INTR : MOTE_ERRNO_SUCCESS;
    }
    mote_directory_close_reader(wasi, directory);
    return error;
}

/* ---- Descriptors ------------------------------------------------------------------------------------------------- */

static size_t directory_bytes(const struct mote_directory *directory)
{
    return sizeof *directory + (directory->preopen ? 0 : mote_string_length(directory->path) + 1);
}

static enum mote_wasi_filetype directory_type(const struct mote_wasi *wasi, const struct mote_fd *fd)
{
    (void)wasi, (void)fd;
    return WASI_FILETYPE_DIRECTORY;
}

static const struct mote_wasi_preopen *directory_preopen(const struct mote_fd *fd)
{
    const struct mote_directory *directory = fd->object;
    return directory->preopen;
}

static enum mote_errno close_directory(struct mote_wasi *wasi, struct mote_fd *fd)
{
    struct mote_directory *directory = fd->object;
    mote_directory_close_reader(wasi, directory);
    mote_runtime_free_block(wasi->runtime, directory, directory_bytes(directory));
    return MOTE_ERRNO_SUCCESS;
}

static const struct mote_fd_ops directory_ops = {
    .filetype = directory_type,
    .preopen = directory_preopen,
    .close = close_directory,
};

struct mote_directory *mote_directory_of(const struct mote_fd *fd)
{
    return fd->ops == &directory_ops ? fd->object : NULL;
}

static void set_directory(struct mote_fd *fd, struct mote_directory *directory)
{
    *fd = (struct mote_fd){.ops = &directory_ops, .object = directory, .inode = mote_path_inode(directory->path, NULL)};
}

enum mote_errno mote_directory_open(struct mote_wasi *wasi, struct mote_fd *fd, const char *path)
{
    size_t path_bytes = mote_string_length(path) + 1;
    struct mote_directory *directory = mote_runtime_alloc(wasi->runtime, sizeof *directory + path_bytes);
    if (!directory) {
        return MOTE_ERRNO_NOMEM;
    }
    memcpy(directory->own_path, path, path_bytes);
    directory->path = directory->own_path;
    set_directory(fd, directory);
    return MOTE_ERRNO_SUCCESS;
}

enum mote_error mote_directory_open_preopens(struct mote_wasi *wasi)
{
    const struct mote_wasi_options *options = &wasi->options;
    for (uint32_t i = 0; i < options->preopen_count; i++) {
        struct mote_fd *fd = mote_fd_free(&wasi->fds);
        struct mote_directory *directory = fd ? mote_runtime_alloc(wasi->runtime, sizeof *directory) : NULL;
        if (!directory) {
            return fd ? MOTE_ERROR_NO_MEMORY : MOTE_ERROR_TOO_MANY;
        }
        directory->preopen = &options->preopens[i];
        directory->path = options->preopens[i].path;
        set_directory(fd, directory);
        bool is_read_only = options->preopens[i].is_read_only;
        fd->rights_base = DIRECTORY_RIGHTS & ~(is_read_only ? DIRECTORY_WRITE_RIGHTS : 0u);
        fd->rights_inheriting = fd->rights_base | (FILE_RIGHTS & ~(is_read_only ? FILE_WRITE_RIGHTS : 0u));
    }
    return MOTE_ERROR_NONE;
}

/* The guest's paths; see path.h. There are no symbolic links, so ".." can be taken off the text once it is known that a directory stands before it. */
#include "host/wasi/path.h"

#include "base/text.h"
#include "host/wasi/directory.h"
#include "host/wasi/wasi_host.h"

static enum mote_errno check_text(const uint8_t *at, uint32_t length)
{
    if (length == 0) {
        return MOTE_ERRNO_NOENT;
    }
    if (at[0] == '/') {
        return MOTE_ERRNO_PERM;
    }
    if (length > MOTE_PATH_BYTES * 2) { /* room for things like "./" */
        return MOTE_ERRNO_NAMETOOLONG;
    }
    for (uint32_t i = 0; i < length;) {
        uint32_t step = mote_utf8_length(at + i, length - i);
        if (step == 0 || at[i] == 0) {
            return step == 0 ? MOTE_ERRNO_ILSEQ : MOTE_ERRNO_INVAL;
        }
        i += step;
    }
    return MOTE_ERRNO_SUCCESS;
}

struct walk {
    const struct mote_wasi *wasi;
    struct mote_path *path;
    uint32_t base;   /* length of the text that is not to be left */
    uint32_t length; /* of the text now, without a slash at its end: 0 stands for "/" */
};

/* Takes the last part off, when it is a directory. */
static enum mote_errno go_up(struct walk *walk)
{
    struct mote_vfs_stat stat;
    struct mote_vfs *vfs = walk->wasi->options.files;
    char *text = walk->path->text;
    if (walk->length == walk->base) {
        return MOTE_ERRNO_PERM;
    }
    enum mote_errno error = vfs->ops->stat(vfs, text, &stat);
    if (error != MOTE_ERRNO_SUCCESS || stat.kind != MOTE_VFS_DIR) {
        return error != MOTE_ERRNO_SUCCESS ? error : MOTE_ERRNO_NOTDIR;
    }
    while (text[--walk->length] != '/') {
    }
    text[walk->length] = '\0';
    return MOTE_ERRNO_SUCCESS;
}

static enum mote_errno go_down(struct walk *walk, const uint8_t *name, uint32_t length)
{
    if (length > MOTE_VFS_NAME_MAX || walk->length + 1 + length >= MOTE_PATH_BYTES) {
        return MOTE_ERRNO_NAMETOOLONG;
    }
    char *text = walk->path->text;
    text[walk->length] = '/';
    memcpy(text + walk->length + 1, name, length);
    walk->length += 1 + length;
    text[walk->length] = '\0';
    return MOTE_ERRNO_SUCCESS;
}

/* A part of the path, up to a slash or the end. */
static enum mote_errno take_part(struct walk *walk, const uint8_t *part, uint32_t length)
{
    bool is_dots = part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'));
    if (length > 0) {
        walk->path->is_for_existing = is_dots;
    }
    walk->path->is_for_dir = length == 0 || is_dots;
    if (length == 0 || (is_dots && length == 1)) {
        return MOTE_ERRNO_SUCCESS;
    }
    return is_dots ? go_up(walk) : go_down(walk, part, length);
}

static enum mote_errno walk_text(struct walk *walk, const uint8_t *at, uint32_t length)
{
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    for (uint32_t start = 0, end; start <= length && error == MOTE_ERRNO_SUCCESS; start = end + 1) {
        for (end = start; end < length && at[end] != '/';) {
            end++;
        }
        error = take_part(walk, at + start, end - start);
    }
    return error;
}

static enum mote_errno find_directory(const struct mote_caller *caller, uint64_t number, uint64_t rights, const struct mote_directory **out)
{
    struct mote_fd *fd;
    struct mote_fd_table *fds = &mote_wasi_of(caller)->fds;
    enum mote_errno error = mote_fd_find(fds, number, 0, &fd);
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    *out = mote_directory_of(fd);
    return *out ? mote_fd_find(fds, number, rights, &fd) : MOTE_ERRNO_NOTDIR;
}

enum mote_errno mote_path_resolve(const struct mote_caller *caller, uint64_t fd, uint64_t rights, uint64_t address, uint64_t length,
                                  struct mote_path *path)
{
    const struct mote_directory *directory = NULL;
    const uint8_t *at = mote_wasi_at(caller, address, (uint32_t)length);
    enum mote_errno error = find_directory(caller, fd, rights, &directory);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = at ? check_text(at, (uint32_t)length) : MOTE_ERRNO_FAULT;
    }
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    struct walk walk = {mote_wasi_of(caller), path, 0, 0};
    walk.base = (uint32_t)mote_string_length(directory->path);
    if (walk.base >= MOTE_PATH_BYTES) {
        return MOTE_ERRNO_NAMETOOLONG;
    }
    memcpy(path->text, directory->path, walk.base + 1);
    walk.base -= walk.base == 1; /* "/" */
    walk.length = walk.base;
    error = walk_text(&walk, at, (uint32_t)length);
    path->is_for_existing |= walk.length == walk.base;
    if (walk.length == 0) {
        memcpy(path->text, "/", 2);
    }
    return error;
}

enum mote_errno mote_path_stat(const struct mote_wasi *wasi, const struct mote_path *path, struct mote_vfs_stat *stat)
{
    struct mote_vfs *vfs = wasi->options.files;
    enum mote_errno error = vfs->ops->stat(vfs, path->text, stat);
    return error == MOTE_ERRNO_SUCCESS && path->is_for_dir && stat->kind != MOTE_VFS_DIR ? MOTE_ERRNO_NOTDIR : error;
}

/* FNV-1a. */
static uint32_t hash(uint32_t number, const char *text)
{
    while (*text) {
        number = (number ^ (uint8_t)*text++) * 16777619u;
    }
    return number;
}

uint32_t mote_path_inode(const char *path, const char *name)
{
    uint32_t number = hash(2166136261u, path);
    if (name && path[1]) {
        number = hash(number, "/");
    }
    if (name) {
        number = hash(number, name);
    }
    return number ? number : 1;
}

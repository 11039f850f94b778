/* Group 64: directories, which the group for files does not know. */
#include "shell/file_path.h"
#include "shell/smp_module.h"

static int result_of(struct mote_smp *smp, enum mote_errno errno)
{
    struct mote_file_error error = mote_file_error(errno);
    if (errno == MOTE_ERRNO_AGAIN) {
        return -MOTE_SMP_BUSY;
    }
    return mote_smp_refuse(smp, error.module_rc, error.text);
}

/* `path` of a request; a result. What the file group reads is closed: it may be what this is about. */
static int take_path(struct mote_smp *smp, const struct mote_cbor_item *body, char path[MOTE_FILE_PATH_BYTES])
{
    struct mote_cbor_item text = mote_cbor_find(body, "path");
    int result = result_of(smp, mote_file_check(smp->files));
    if (result != 0) {
        return result;
    }
    if (text.kind != MOTE_CBOR_TEXT) {
        return mote_smp_malformed(smp);
    }
    if (!smp->fs.is_written) {
        mote_smp_fs_close(smp);
    }
    bool is_path = mote_file_path((const char *)text.bytes, text.size, path);
    return is_path ? 0 : result_of(smp, MOTE_ERRNO_INVAL);
}

/* Entries come one after the other: the last one read is number `at` - 1. */
struct walk {
    struct mote_vfs_dir *dir;
    uint32_t at;
};

static bool put_entry(struct mote_smp *smp, void *user, uint32_t i)
{
    struct walk *walk = user;
    struct mote_vfs_entry entry;
    do {
        if (!smp->files->ops->next(smp->files, walk->dir, &entry)) {
            return false;
        }
    } while (walk->at++ < i);
    mote_smp_put(smp, "{n=s", entry.name);
    if (entry.stat.kind == MOTE_VFS_FILE) {
        mote_smp_put(smp, "size=u", entry.stat.size_bytes);
    }
    mote_smp_put(smp, "}");
    return true;
}

int mote_smp_tell_directory(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char path[MOTE_FILE_PATH_BYTES];
    struct walk walk = {.at = 0};
    int result = take_path(smp, body, path);
    result = result ? result : result_of(smp, smp->files->ops->open_dir(smp->files, path, &walk.dir));
    if (result != 0) {
        return result;
    }
    result = mote_smp_put_list(smp, body, "files", put_entry, &walk);
    smp->files->ops->close_dir(smp->files, walk.dir);
    return result;
}

int mote_smp_make_directory(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char path[MOTE_FILE_PATH_BYTES];
    int result = take_path(smp, body, path);
    return result ? result : result_of(smp, smp->files->ops->make_dir(smp->files, path));
}

int mote_smp_remove_file(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char path[MOTE_FILE_PATH_BYTES];
    int result = take_path(smp, body, path);
    return result ? result : result_of(smp, mote_file_remove(smp->files, path));
}

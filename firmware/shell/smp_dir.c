/* Group 64: directories, which the group for files does not know. */
#include "shell/file_path.h"
#include "shell/smp_module.h"

static int result_of(struct mote_smp *smp, enum mote_errno error)
{
    switch (error) {
    case MOTE_ERRNO_SUCCESS: return 0;
    case MOTE_ERRNO_NOENT: return mote_smp_refuse(smp, MOTE_RC_NOT_FOUND, mote_errno_text(error));
    case MOTE_ERRNO_EXIST:
    case MOTE_ERRNO_NOTEMPTY:
    case MOTE_ERRNO_BUSY: return mote_smp_refuse(smp, MOTE_RC_IN_USE, mote_errno_text(error));
    case MOTE_ERRNO_NOSPC: return mote_smp_refuse(smp, MOTE_RC_NO_ROOM, mote_errno_text(error));
    case MOTE_ERRNO_NOMEM: return mote_smp_refuse(smp, MOTE_RC_NO_MEMORY, mote_errno_text(error));
    case MOTE_ERRNO_NFILE: return mote_smp_refuse(smp, MOTE_RC_TOO_MANY, mote_errno_text(error));
    case MOTE_ERRNO_IO: return mote_smp_refuse(smp, MOTE_RC_FLASH_FAILED, mote_errno_text(error));
    default: return mote_smp_refuse(smp, MOTE_RC_UNKNOWN, mote_errno_text(error));
    }
}

/* `path` of a request; a result. What the file group has open is closed: it may be what this is about. */
static int take_path(struct mote_smp *smp, const struct mote_cbor_item *body, char path[MOTE_FILE_PATH_BYTES])
{
    struct mote_cbor_item text = mote_cbor_find(body, "path");
    if (!smp->files) {
        return mote_smp_refuse(smp, MOTE_RC_NOT_FOUND, "this board has no files");
    }
    if (text.kind != MOTE_CBOR_TEXT) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "path is missing");
    }
    mote_smp_fs_close(smp);
    bool is_path = mote_file_path((const char *)text.bytes, text.size, path);
    return is_path ? 0 : mote_smp_refuse(smp, MOTE_RC_BAD_NAME, "not a path: it is too long, or has ..");
}

static void put_entry(struct mote_smp *smp, const struct mote_vfs_entry *entry)
{
    mote_cbor_begin_map(&smp->out);
    mote_smp_put_text(smp, "n", entry->name);
    if (entry->stat.kind == MOTE_VFS_FILE) {
        mote_smp_put_uint(smp, "size", entry->stat.size_bytes);
    }
    mote_cbor_end(&smp->out);
}

int mote_smp_tell_directory(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    char path[MOTE_FILE_PATH_BYTES];
    uint32_t from;
    struct mote_vfs_dir *dir;
    if (!mote_smp_find_u32(body, "from", 0, &from)) {
        return mote_smp_refuse(smp, MOTE_RC_MALFORMED, "from is no number");
    }
    int result = take_path(smp, body, path);
    result = result ? result : result_of(smp, smp->files->ops->open_dir(smp->files, path, &dir));
    if (result != 0) {
        return result;
    }
    mote_cbor_put_text(&smp->out, "files");
    mote_cbor_begin_list(&smp->out);
    struct mote_vfs_entry entry;
    bool fits = true;
    uint32_t i = 0;
    for (; fits && smp->files->ops->next(smp->files, dir, &entry); i += fits) {
        struct mote_cbor_writer before = smp->out;
        if (i >= from) {
            put_entry(smp, &entry);
            fits = mote_smp_fits(smp, &before);
        }
    }
    smp->files->ops->close_dir(smp->files, dir);
    mote_cbor_end(&smp->out);
    if (!fits) {
        mote_smp_put_uint(smp, "next", i);
    }
    return 0;
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
    if (result != 0) {
        return result;
    }
    enum mote_errno error = smp->files->ops->remove(smp->files, path, MOTE_VFS_FILE);
    if (error == MOTE_ERRNO_ISDIR) {
        error = smp->files->ops->remove(smp->files, path, MOTE_VFS_DIR);
    }
    return result_of(smp, error);
}

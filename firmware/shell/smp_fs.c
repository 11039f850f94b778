/* Group 8, files: upload, download, size, hash. A file stays open from one request to the next one for it. An upload is a file of its own until it is whole:
   whatever happens, there is the old one or the new one. */
#include "shell/smp_fs.h"

#include "base/bits.h"
#include "base/crc.h"
#include "base/text.h"
#include "shell/smp.h"

#define UPLOAD "/.upload" /* where an upload lies until it is whole */
#define IDLE_MS 5000
#define PIECE_BYTES 256   /* read at once for a hash */
#define ROUND_MS 4        /* so long a hash goes on in a round */

enum {
    UNKNOWN = 1,
    BAD_NAME = 2,
    IS_DIRECTORY = 4,
    OPEN_FAILED = 5,
    READ_FAILED = 7,
    WRITE_FAILED = 10,
    OFFSET_BEHIND_END = 12,
    UNKNOWN_HASH = 13,
    NO_FILES = 14,
};

/* The same for version 1; what is 0 here is MOTE_SMP_UNKNOWN. */
static const uint8_t plain[] = {0, 0, MOTE_SMP_INVALID, MOTE_SMP_NOT_FOUND, MOTE_SMP_INVALID, 0, 0, 0, 0, 0, 0, MOTE_SMP_INVALID,
                                MOTE_SMP_INVALID, MOTE_SMP_NOT_SUPPORTED, MOTE_SMP_NOT_FOUND};

/* ---- The open file ----------------------------------------------------------------------------------------------- */

static int result_of(enum mote_errno error, int otherwise)
{
    if (error == MOTE_ERRNO_AGAIN) {
        return -MOTE_SMP_BUSY;
    }
    unsigned rc = mote_file_error(error).fs_rc;
    return rc > 0 || error == MOTE_ERRNO_SUCCESS ? (int)rc : otherwise;
}

/* What an upload brought takes the place of the old file when it is whole, and goes when it is not. */
static enum mote_errno close_file(struct mote_smp *smp, bool is_whole)
{
    struct mote_smp_fs *fs = &smp->fs;
    struct mote_vfs_file *file = fs->file;
    fs->file = NULL;
    if (!file) {
        return MOTE_ERRNO_SUCCESS;
    }
    const struct mote_vfs_ops *ops = smp->files->ops;
    enum mote_errno error = ops->close(smp->files, file);
    if (fs->is_written && is_whole && error == MOTE_ERRNO_SUCCESS) {
        error = ops->rename(smp->files, UPLOAD, fs->path);
    }
    if (fs->is_written && (!is_whole || error != MOTE_ERRNO_SUCCESS)) {
        fs->path[0] = '\0';
        ops->remove(smp->files, UPLOAD, MOTE_VFS_FILE);
    }
    return error;
}

void mote_smp_fs_init(struct mote_smp *smp)
{
    if (smp->files) {
        smp->files->ops->remove(smp->files, UPLOAD, MOTE_VFS_FILE);
    }
}

void mote_smp_fs_close(struct mote_smp *smp)
{
    if (smp->fs.file && mote_vfs_wait(smp->files)) {
        close_file(smp, false);
    }
}

/* Takes `name` of a request. */
static int take_path(struct mote_smp *smp, const struct mote_cbor_item *body, char path[MOTE_FILE_PATH_BYTES])
{
    struct mote_cbor_item name = mote_cbor_find(body, "name");
    int result = result_of(mote_file_check(smp->files), NO_FILES);
    if (result != 0) {
        return result;
    }
    if (name.kind != MOTE_CBOR_TEXT) {
        return -MOTE_SMP_INVALID;
    }
    return mote_file_path((const char *)name.bytes, name.size, path) ? 0 : BAD_NAME;
}

static int open_at(struct mote_smp *smp, const char *path, unsigned flags)
{
    enum mote_errno error = smp->files->ops->open(smp->files, path, flags, &smp->fs.file);
    smp->fs.file = error == MOTE_ERRNO_SUCCESS ? smp->fs.file : NULL;
    smp->fs.used_ms = mote_app_now_ms();
    return result_of(error, OPEN_FAILED);
}

/* Makes the open file the one that a request names, for reading. While an upload goes on there is no other. */
static int open_file(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_smp_fs *fs = &smp->fs;
    char path[MOTE_FILE_PATH_BYTES];
    int result = take_path(smp, body, path);
    if (result != 0) {
        return result;
    }
    size_t size = mote_string_length(path) + 1;
    if (fs->file && fs->is_written) {
        return -MOTE_SMP_BUSY;
    }
    if (fs->file && memcmp(path, fs->path, size) == 0) {
        fs->used_ms = mote_app_now_ms();
        return 0;
    }
    close_file(smp, false);
    fs->is_written = false;
    memcpy(fs->path, path, size);
    return open_at(smp, path, MOTE_VFS_READ);
}

static int find_size(struct mote_smp *smp, uint32_t *size)
{
    struct mote_vfs_stat stat = {.size_bytes = 0};
    enum mote_errno error = smp->files->ops->file_stat(smp->files, smp->fs.file, &stat);
    *size = stat.size_bytes;
    return stat.kind == MOTE_VFS_DIR ? IS_DIRECTORY : result_of(error, READ_FAILED);
}

/* ---- Upload, download -------------------------------------------------------------------------------------------- */

static enum mote_errno write_all(struct mote_smp *smp, uint32_t at, const uint8_t *data, size_t size)
{
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    while (size > 0 && error == MOTE_ERRNO_SUCCESS) {
        uint32_t count = 0;
        error = smp->files->ops->write(smp->files, smp->fs.file, at, data, (uint32_t)size, &count);
        error = error == MOTE_ERRNO_SUCCESS && count == 0 ? MOTE_ERRNO_IO : error;
        at += count;
        data += count;
        size -= count;
    }
    return error;
}

/* Whether a file can come to be at `path`. */
static enum mote_errno check_target(struct mote_vfs *files, char *path, uint32_t size)
{
    char *name = path;
    struct mote_vfs_stat stat;
    uint32_t total, left;
    files->ops->space(files, &total, &left);
    enum mote_errno error = files->ops->stat(files, path, &stat);
    if (error == MOTE_ERRNO_SUCCESS && stat.kind == MOTE_VFS_DIR) {
        return MOTE_ERRNO_ISDIR;
    }
    if (error == MOTE_ERRNO_NOENT) { /* its directory must be there */
        for (char *at = path; *at; at++) {
            name = *at == '/' ? at : name;
        }
        *name = '\0';
        error = files->ops->stat(files, name > path ? path : "/", &stat);
        *name = '/';
    }
    return error == MOTE_ERRNO_SUCCESS && size > left ? MOTE_ERRNO_NOSPC : error;
}

static int begin_upload(struct mote_smp *smp, char *path, uint32_t size)
{
    struct mote_smp_fs *fs = &smp->fs;
    close_file(smp, false);
    int result = result_of(check_target(smp->files, path, size), WRITE_FAILED);
    if (result == 0) {
        fs->is_written = true;
        fs->size = size;
        fs->at = 0;
        memcpy(fs->path, path, sizeof fs->path);
        result = open_at(smp, UPLOAD, MOTE_VFS_WRITE | MOTE_VFS_CREATE | MOTE_VFS_TRUNCATE);
    }
    return result;
}

/* The response says where to go on: what was lost on the way, or was written already, changes nothing. */
static int upload(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_smp_fs *fs = &smp->fs;
    char path[MOTE_FILE_PATH_BYTES];
    uint32_t at, length;
    const uint8_t *data;
    size_t count;
    if (!mote_smp_find_u32(body, "off", UINT32_MAX, &at) || !mote_smp_find_u32(body, "len", UINT32_MAX, &length) ||
        !mote_cbor_find_bytes(body, "data", &data, &count) || at == UINT32_MAX || (at == 0 && length == UINT32_MAX)) {
        return -MOTE_SMP_INVALID;
    }
    int result = take_path(smp, body, path);
    if (result == 0 && at == 0) {
        result = begin_upload(smp, path, length);
    }
    if (result != 0) {
        return result;
    }
    bool is_known = fs->is_written && memcmp(path, fs->path, mote_string_length(path) + 1) == 0;
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    if (is_known && fs->file && at == fs->at) {
        error = write_all(smp, at, data, count);
        fs->at += (uint32_t)count;
        fs->used_ms = mote_app_now_ms();
        if (error != MOTE_ERRNO_SUCCESS || fs->at >= fs->size) {
            enum mote_errno closing = close_file(smp, error == MOTE_ERRNO_SUCCESS);
            error = error == MOTE_ERRNO_SUCCESS ? closing : error;
        }
    }
    mote_smp_put(smp, "off=u", is_known ? fs->at : 0);
    return result_of(error, WRITE_FAILED);
}

static int download(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    uint32_t at, size, count = 0;
    if (!mote_smp_find_u32(body, "off", UINT32_MAX, &at)) {
        return -MOTE_SMP_INVALID;
    }
    int result = open_file(smp, body);
    result = result ? result : find_size(smp, &size);
    if (result == 0 && at > size) {
        result = OFFSET_BEHIND_END;
    }
    if (result != 0) {
        return result;
    }
    mote_smp_put(smp, "off=u", at);
    if (at == 0) {
        mote_smp_put(smp, "len=u", size);
    }
    size_t room;
    uint8_t *data = mote_smp_room(smp, 0, &room);
    enum mote_errno error = smp->files->ops->read(smp->files, smp->fs.file, at, data, (uint32_t)room, &count);
    mote_smp_put_bytes(smp, "data", data, count);
    if (error != MOTE_ERRNO_SUCCESS || at + count >= size) {
        close_file(smp, false);
    }
    return result_of(error, READ_FAILED);
}

/* ---- Size and hash ----------------------------------------------------------------------------------------------- */

static int tell_size(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_vfs_stat stat;
    char path[MOTE_FILE_PATH_BYTES];
    int result = take_path(smp, body, path);
    if (result == 0) {
        result = result_of(smp->files->ops->stat(smp->files, path, &stat), UNKNOWN);
    }
    if (result == 0 && stat.kind == MOTE_VFS_DIR) {
        result = IS_DIRECTORY;
    }
    if (result == 0) {
        mote_smp_put(smp, "len=u", stat.size_bytes);
    }
    return result;
}

static int begin_hash(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_smp_fs *fs = &smp->fs;
    char type[8] = "sha256";
    uint32_t from, length, size;
    bool has_type = mote_cbor_find(body, "type").kind != MOTE_CBOR_END;
    if (!mote_smp_find_u32(body, "off", 0, &from) || !mote_smp_find_u32(body, "len", UINT32_MAX, &length)) {
        return -MOTE_SMP_INVALID;
    }
    bool is_known = !has_type || mote_cbor_find_text(body, "type", type, sizeof type);
    fs->is_crc = is_known && memcmp(type, "crc32", sizeof "crc32") == 0;
    if (!is_known || (!fs->is_crc && memcmp(type, "sha256", sizeof "sha256") != 0)) {
        return UNKNOWN_HASH;
    }
    int result = open_file(smp, body);
    result = result ? result : find_size(smp, &size);
    if (result == 0 && from > size) {
        result = OFFSET_BEHIND_END;
    }
    if (result != 0) {
        return result;
    }
    fs->from = fs->at = from;
    fs->end = length < size - from ? from + length : size;
    fs->crc = 0;
    mote_sha256_init(&fs->sha);
    return MOTE_SMP_LATER;
}

static int end_hash(struct mote_smp *smp)
{
    struct mote_smp_fs *fs = &smp->fs;
    uint8_t digest[MOTE_SHA256_BYTES];
    close_file(smp, false);
    mote_smp_put(smp, "type=s len=u", fs->is_crc ? "crc32" : "sha256", fs->at - fs->from);
    if (fs->from != 0) {
        mote_smp_put(smp, "off=u", fs->from);
    }
    if (fs->is_crc) {
        mote_smp_put(smp, "output=u", fs->crc);
    } else {
        mote_sha256_end(&fs->sha, digest);
        mote_smp_put_bytes(smp, "output", digest, sizeof digest);
    }
    return 0;
}

static int go_on_with_hash(struct mote_smp *smp)
{
    struct mote_smp_fs *fs = &smp->fs;
    uint32_t start_ms = mote_app_now_ms();
    fs->used_ms = start_ms;
    while (fs->at < fs->end) {
        uint8_t piece[PIECE_BYTES];
        uint32_t count = 0, wanted = fs->end - fs->at < PIECE_BYTES ? fs->end - fs->at : PIECE_BYTES;
        if (smp->files->ops->read(smp->files, fs->file, fs->at, piece, wanted, &count) != MOTE_ERRNO_SUCCESS || count == 0) {
            close_file(smp, false);
            return READ_FAILED;
        }
        if (fs->is_crc) {
            fs->crc = mote_crc32(fs->crc, piece, count);
        } else {
            mote_sha256_add(&fs->sha, piece, count);
        }
        fs->at += count;
        if (mote_app_now_ms() - start_ms >= ROUND_MS) {
            return MOTE_SMP_LATER;
        }
    }
    return end_hash(smp);
}

int mote_smp_fs_step(struct mote_smp *smp)
{
    if (smp->is_pending) {
        return mote_vfs_wait(smp->files) ? go_on_with_hash(smp) : MOTE_SMP_LATER;
    }
    if (smp->fs.file && mote_app_now_ms() - smp->fs.used_ms > IDLE_MS) {
        mote_smp_fs_close(smp);
    }
    return 0;
}

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

static int tell_hashes(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put(smp, "types={s{format=u size=u}s{format=u size=u}}", "sha256", (uint32_t)1, (uint32_t)MOTE_SHA256_BYTES, "crc32",
                 (uint32_t)0, (uint32_t)4);
    return 0;
}

static int close_all(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_fs_close(smp);
    return 0;
}

static const struct mote_smp_command commands[] = {
    {0, true, upload},     {0, false, download},    {1, false, tell_size},
    {2, false, begin_hash}, {3, false, tell_hashes}, {4, true, close_all},
};

const struct mote_smp_group mote_smp_fs = {8, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

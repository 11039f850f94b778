/* WASI functions on open files and directories that streams do not have: reading and writing at a place, sizes, times, advice, entries. */
#include "base/text.h"
#include "host/wasi/directory.h"
#include "host/wasi/file.h"
#include "host/wasi/path.h"
#include "host/wasi/wasi_host.h"

/* The file that a descriptor with `rights` stands for: SPIPE for a stream, BADF for a directory. */
static enum mote_errno find_file(const struct mote_caller *caller, uint64_t number, uint64_t rights, struct mote_fd **fd)
{
    struct mote_fd_table *fds = &mote_wasi_of(caller)->fds;
    enum mote_errno error = mote_fd_find(fds, number, 0, fd);
    if (error == MOTE_ERRNO_SUCCESS && !mote_file_of(*fd)) {
        return mote_directory_of(*fd) ? MOTE_ERRNO_BADF : MOTE_ERRNO_SPIPE;
    }
    return error == MOTE_ERRNO_SUCCESS ? mote_fd_find(fds, number, rights, fd) : error;
}

/* ---- At a place -------------------------------------------------------------------------------------------------- */

/* Values are the descriptor, the list, its length, the place, and where the number of bytes goes. The transfer works on a copy of the descriptor,
   which has a position of its own. */
static enum mote_trap transfer_at(struct mote_caller *caller, uint64_t *values, uint64_t right,
                                  enum mote_trap (*transfer)(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd))
{
    struct mote_fd *fd;
    enum mote_errno error = find_file(caller, values[0], right | WASI_RIGHT_FD_SEEK, &fd);
    if (error == MOTE_ERRNO_SUCCESS && values[3] > INT64_MAX) {
        error = MOTE_ERRNO_INVAL;
    }
    if (error != MOTE_ERRNO_SUCCESS) {
        return mote_wasi_end(values, error);
    }
    struct mote_fd copy = *fd;
    copy.flags &= (uint16_t)~WASI_FDFLAG_APPEND;
    copy.position = values[3] < UINT32_MAX ? (uint32_t)values[3] : UINT32_MAX; /* no file is that long */
    values[3] = values[4];
    return transfer(caller, values, &copy);
}

enum mote_trap mote_wasi_fd_pread(struct mote_caller *caller, uint64_t *values)
{
    return transfer_at(caller, values, WASI_RIGHT_FD_READ, mote_wasi_read_list);
}

enum mote_trap mote_wasi_fd_pwrite(struct mote_caller *caller, uint64_t *values)
{
    return transfer_at(caller, values, WASI_RIGHT_FD_WRITE, mote_wasi_write_list);
}

/* ---- Sizes, times, advice ---------------------------------------------------------------------------------------- */

enum mote_trap mote_wasi_fd_filestat_set_size(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = find_file(caller, values[0], WASI_RIGHT_FD_FILESTAT_SET_SIZE, &fd);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? mote_file_resize(caller, fd, values[1]) : error);
}

/* A file that is shorter than that grows; the space is then taken. */
enum mote_trap mote_wasi_fd_allocate(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    uint32_t size;
    enum mote_errno error = find_file(caller, values[0], WASI_RIGHT_FD_ALLOCATE, &fd);
    if (error == MOTE_ERRNO_SUCCESS && (values[2] == 0 || values[1] > INT64_MAX || values[2] > INT64_MAX)) {
        error = MOTE_ERRNO_INVAL;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        error = fd->ops->size(mote_wasi_of(caller), fd, &size);
    }
    if (error == MOTE_ERRNO_SUCCESS && values[1] + values[2] > size) {
        error = mote_file_resize(caller, fd, values[1] + values[2]);
        error = error == MOTE_ERRNO_INVAL ? MOTE_ERRNO_FBIG : error; /* each was good, the sum is not */
    }
    return mote_wasi_end(values, error);
}

enum mote_trap mote_wasi_fd_advise(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = find_file(caller, values[0], WASI_RIGHT_FD_ADVISE, &fd);
    if (error == MOTE_ERRNO_SUCCESS && ((uint32_t)values[3] >= WASI_ADVICE_COUNT || values[1] > INT64_MAX || values[2] > INT64_MAX)) {
        error = MOTE_ERRNO_INVAL;
    }
    return mote_wasi_end(values, error);
}

enum mote_errno mote_wasi_check_times(uint64_t flags)
{
    const uint32_t both_atim = WASI_FSTFLAG_ATIM | WASI_FSTFLAG_ATIM_NOW, both_mtim = WASI_FSTFLAG_MTIM | WASI_FSTFLAG_MTIM_NOW;
    uint32_t wanted = (uint32_t)flags;
    bool is_good = wanted <= WASI_FSTFLAGS_ALL && (wanted & both_atim) != both_atim && (wanted & both_mtim) != both_mtim;
    return is_good ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_INVAL;
}

enum mote_trap mote_wasi_fd_filestat_set_times(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    enum mote_errno error = mote_fd_find(&mote_wasi_of(caller)->fds, values[0], WASI_RIGHT_FD_FILESTAT_SET_TIMES, &fd);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? mote_wasi_check_times(values[3]) : error);
}

/* ---- Entries of a directory -------------------------------------------------------------------------------------- */

/* The guest's buffer; what is used of it only grows, and stops where it is full. */
struct entries {
    uint8_t *to;
    uint32_t room;
    uint32_t used;
};

static void put_bytes(struct entries *entries, const void *bytes, uint32_t size)
{
    uint32_t left = entries->room - entries->used;
    uint32_t count = size < left ? size : left;
    memcpy(entries->to + entries->used, bytes, count);
    entries->used += count;
}

/* False when there was no room for all of it. */
static bool put_entry(struct entries *entries, const char *path, uint64_t cookie, const struct mote_vfs_entry *entry)
{
    bool is_self = cookie == 0;
    uint8_t head[WASI_DIRENT_SIZE] = {0};
    uint32_t length = (uint32_t)mote_string_length(entry->name), left = entries->room - entries->used;
    mote_put_u64(head + WASI_DIRENT_NEXT, cookie + 1);
    mote_put_u32(head + WASI_DIRENT_INO, mote_path_inode(path, is_self ? NULL : entry->name));
    mote_put_u32(head + WASI_DIRENT_NAMLEN, length);
    head[WASI_DIRENT_TYPE] = entry->stat.kind == MOTE_VFS_DIR ? WASI_FILETYPE_DIRECTORY : WASI_FILETYPE_REGULAR_FILE;
    put_bytes(entries, head, sizeof head);
    put_bytes(entries, entry->name, length);
    return sizeof head + length <= left;
}

static enum mote_errno put_entries(const struct mote_caller *caller, struct mote_directory *directory, uint64_t cookie, struct entries *entries)
{
    enum mote_errno error = MOTE_ERRNO_SUCCESS;
    while (entries->used < entries->room) {
        const struct mote_vfs_entry *entry;
        error = mote_directory_entry(caller, directory, cookie, &entry);
        if (error != MOTE_ERRNO_SUCCESS || !entry || !put_entry(entries, directory->path, cookie, entry)) {
            break;
        }
        mote_directory_next(directory);
        cookie++;
    }
    return error;
}

enum mote_trap mote_wasi_fd_readdir(struct mote_caller *caller, uint64_t *values)
{
    struct mote_fd *fd;
    struct entries entries = {mote_wasi_at(caller, values[1], (uint32_t)values[2]), (uint32_t)values[2], 0};
    uint8_t *used = mote_wasi_at(caller, values[4], 4);
    enum mote_errno error = mote_fd_find(&mote_wasi_of(caller)->fds, values[0], 0, &fd);
    if (error == MOTE_ERRNO_SUCCESS) {
        error = mote_directory_of(fd) ? mote_fd_find(&mote_wasi_of(caller)->fds, values[0], WASI_RIGHT_FD_READDIR, &fd) : MOTE_ERRNO_NOTDIR;
    }
    if (error == MOTE_ERRNO_SUCCESS && (!entries.to || !used)) {
        error = MOTE_ERRNO_FAULT;
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        error = put_entries(caller, mote_directory_of(fd), values[3], &entries);
    }
    if (error == MOTE_ERRNO_SUCCESS) {
        mote_put_u32(used, entries.used);
    }
    return mote_wasi_end(values, error);
}

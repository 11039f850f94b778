/* A file system with a model beside it; see files_world.h. */
#include "files_world.h"

#include <stdio.h>
#include <string.h>

#include "hal/flash.h"

/* Those in a directory stand behind it. */
static const char *const names[FILES_NAMES] = {"/a", "/b", "/dir", "/dir/x", "/dir/y", "/dir/sub", "/dir/sub/z", "/c.tmp", "/other", "/other/w"};

const char *files_name(uint32_t name)
{
    return names[name];
}

bool files_boot(struct mote_vfs **vfs)
{
    static uint64_t memory[2048];
    struct mote_allocator allocator = mote_pool_allocator(memory, sizeof memory);
    return mote_littlefs_mount(&allocator, vfs) == MOTE_ERROR_NONE;
}

static uint8_t byte_of(uint8_t seed, uint32_t i)
{
    return (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

static uint32_t count_entries(struct mote_vfs *vfs, const char *path)
{
    struct mote_vfs_dir *dir;
    struct mote_vfs_entry entry;
    uint32_t count = 0;
    if (vfs->ops->open_dir(vfs, path, &dir) == MOTE_ERRNO_SUCCESS) {
        while (vfs->ops->next(vfs, dir, &entry)) {
            count++;
        }
        vfs->ops->close_dir(vfs, dir);
    }
    return count;
}

/* ---- Steps ------------------------------------------------------------------------------------------------------- */

static enum mote_errno write_bytes(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t at, uint32_t size, uint8_t seed)
{
    uint8_t bytes[700];
    for (uint32_t done = 0, count; done < size; done += count) {
        uint32_t piece = size - done < sizeof bytes ? size - done : (uint32_t)sizeof bytes;
        for (uint32_t i = 0; i < piece; i++) {
            bytes[i] = byte_of(seed, done + i);
        }
        enum mote_errno error = vfs->ops->write(vfs, file, at + done, bytes, piece, &count);
        if (error != MOTE_ERRNO_SUCCESS) {
            return error;
        }
    }
    return MOTE_ERRNO_SUCCESS;
}

static enum mote_errno write_step(struct mote_vfs *vfs, struct mote_vfs_file *file, const struct files_step *step)
{
    struct mote_vfs_stat stat;
    enum mote_errno error = vfs->ops->file_stat(vfs, file, &stat);
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    switch (step->verb) {
    case FILES_PATCH: return write_bytes(vfs, file, stat.size_bytes / 3, step->size, step->seed);
    case FILES_CUT: return vfs->ops->truncate(vfs, file, stat.size_bytes / 2);
    case FILES_SYNCED:
        error = write_bytes(vfs, file, stat.size_bytes, step->size, step->seed);
        error = error == MOTE_ERRNO_SUCCESS ? vfs->ops->sync(vfs, file) : error;
        return error == MOTE_ERRNO_SUCCESS ? write_bytes(vfs, file, stat.size_bytes + step->size, step->size, step->seed) : error;
    default: return write_bytes(vfs, file, stat.size_bytes, step->size, step->seed);
    }
}

static enum mote_errno change_file(struct mote_vfs *vfs, const struct files_step *step)
{
    struct mote_vfs_file *file;
    unsigned flags = MOTE_VFS_READ | MOTE_VFS_WRITE | (step->verb == FILES_PUT ? MOTE_VFS_CREATE | MOTE_VFS_TRUNCATE : 0);
    enum mote_errno error = vfs->ops->open(vfs, names[step->name], flags, &file);
    if (error != MOTE_ERRNO_SUCCESS) {
        return error;
    }
    error = write_step(vfs, file, step);
    enum mote_errno closing = vfs->ops->close(vfs, file);
    return error != MOTE_ERRNO_SUCCESS ? error : closing;
}

/* What has something in it stays where it is: the model is simpler so. */
static enum mote_errno rename_any(struct mote_vfs *vfs, const char *from, const char *to)
{
    return count_entries(vfs, from) > 0 ? MOTE_ERRNO_SUCCESS : vfs->ops->rename(vfs, from, to);
}

static enum mote_errno remove_any(struct mote_vfs *vfs, const char *path)
{
    struct mote_vfs_stat stat;
    enum mote_errno error = vfs->ops->stat(vfs, path, &stat);
    return error == MOTE_ERRNO_SUCCESS ? vfs->ops->remove(vfs, path, stat.kind) : error;
}

enum mote_errno files_do(struct mote_vfs *vfs, const struct files_step *step)
{
    enum mote_errno error;
    switch (step->verb) {
    case FILES_REMOVE: error = remove_any(vfs, names[step->name]); break;
    case FILES_RENAME: error = rename_any(vfs, names[step->name], names[step->other]); break;
    case FILES_MAKE_DIR: error = vfs->ops->make_dir(vfs, names[step->name]); break;
    default: error = change_file(vfs, step);
    }
    bool is_nothing = error == MOTE_ERRNO_NOENT || error == MOTE_ERRNO_EXIST || error == MOTE_ERRNO_NOTEMPTY || error == MOTE_ERRNO_ISDIR ||
                      error == MOTE_ERRNO_NOTDIR || error == MOTE_ERRNO_INVAL;
    return is_nothing ? MOTE_ERRNO_SUCCESS : error;
}

/* ---- The model --------------------------------------------------------------------------------------------------- */

static bool is_in(uint32_t name, uint32_t dir)
{
    size_t length = strlen(names[dir]);
    return strncmp(names[name], names[dir], length) == 0 && names[name][length] == '/';
}

static bool is_empty(const struct files_model *model, uint32_t dir)
{
    for (uint32_t i = 0; i < FILES_NAMES; i++) {
        if (is_in(i, dir) && model->entries[i].is_there) {
            return false;
        }
    }
    return true;
}

static bool has_parent(const struct files_model *model, uint32_t name)
{
    bool is_good = true;
    for (uint32_t i = 0; i < FILES_NAMES; i++) {
        is_good &= !is_in(name, i) || (model->entries[i].is_there && model->entries[i].is_dir);
    }
    return is_good;
}

static void put(struct files_entry *entry, uint32_t at, uint32_t size, uint8_t seed)
{
    for (uint32_t i = 0; i < size; i++) {
        entry->bytes[at + i] = byte_of(seed, i);
    }
    entry->size = at + size > entry->size ? at + size : entry->size;
}

static void follow_put(struct files_model *model, const struct files_step *step, unsigned phase)
{
    struct files_entry *entry = &model->entries[step->name];
    if (!has_parent(model, step->name) || (entry->is_there && entry->is_dir)) {
        return;
    }
    bool is_new = !entry->is_there;
    if (phase == 1 && !is_new) {
        return; /* the old bytes count until the new ones are all there */
    }
    *entry = (struct files_entry){.is_there = true};
    put(entry, 0, phase == 1 ? 0 : step->size, step->seed);
}

static void follow_file(struct files_entry *entry, const struct files_step *step, unsigned phase)
{
    if (!entry->is_there || entry->is_dir) {
        return;
    }
    switch (step->verb) {
    case FILES_PATCH: put(entry, entry->size / 3, step->size, step->seed); break;
    case FILES_CUT: entry->size /= 2; break;
    default:
        for (unsigned piece = 0; piece < phase; piece++) {
            put(entry, entry->size, step->size, step->seed);
        }
    }
}

static void follow_rename(struct files_model *model, uint32_t from, uint32_t to)
{
    struct files_entry *source = &model->entries[from], *target = &model->entries[to];
    bool is_clash = target->is_there && (source->is_dir != target->is_dir || (target->is_dir && !is_empty(model, to)));
    if (!source->is_there || from == to || is_clash || !has_parent(model, to) || is_in(to, from) || (source->is_dir && !is_empty(model, from))) {
        return;
    }
    *target = *source;
    source->is_there = false;
}

unsigned files_last_phase(const struct files_step *step)
{
    return step->verb == FILES_PUT || step->verb == FILES_SYNCED ? 2 : 1;
}

void files_follow(struct files_model *model, const struct files_step *step, unsigned phase)
{
    struct files_entry *entry = &model->entries[step->name];
    if (phase == 0) {
        return;
    }
    switch (step->verb) {
    case FILES_PUT: follow_put(model, step, phase); break;
    case FILES_REMOVE: entry->is_there &= entry->is_dir && !is_empty(model, step->name); break;
    case FILES_RENAME: follow_rename(model, step->name, step->other); break;
    case FILES_MAKE_DIR:
        if (!entry->is_there && has_parent(model, step->name)) {
            *entry = (struct files_entry){.is_there = true, .is_dir = true};
        }
        break;
    default: follow_file(entry, step, phase);
    }
}

/* ---- Both -------------------------------------------------------------------------------------------------------- */

static bool has_bytes(struct mote_vfs *vfs, const char *path, const struct files_entry *entry)
{
    static uint8_t bytes[FILES_BYTES_MAX + 1];
    struct mote_vfs_file *file;
    uint32_t count = 0;
    if (vfs->ops->open(vfs, path, MOTE_VFS_READ, &file) != MOTE_ERRNO_SUCCESS) {
        return false;
    }
    enum mote_errno error = vfs->ops->read(vfs, file, 0, bytes, sizeof bytes, &count);
    bool is_same = error == MOTE_ERRNO_SUCCESS && count == entry->size && memcmp(bytes, entry->bytes, count) == 0;
    return vfs->ops->close(vfs, file) == MOTE_ERRNO_SUCCESS && is_same;
}

static bool is_as(struct mote_vfs *vfs, uint32_t name, const struct files_entry *entry)
{
    struct mote_vfs_stat stat;
    bool is_there = vfs->ops->stat(vfs, names[name], &stat) == MOTE_ERRNO_SUCCESS;
    if (!is_there || !entry->is_there || (stat.kind == MOTE_VFS_DIR) != entry->is_dir) {
        return !is_there && !entry->is_there;
    }
    return entry->is_dir || has_bytes(vfs, names[name], entry);
}

bool files_are_as(struct mote_vfs *vfs, const struct files_model *model, uint32_t except, const char **why)
{
    uint32_t wanted = 0, found = count_entries(vfs, "/");
    for (uint32_t i = 0; i < FILES_NAMES; i++) {
        struct mote_vfs_stat stat;
        const struct files_entry *entry = &model->entries[i];
        *why = names[i];
        if (i != except && !is_as(vfs, i, entry)) {
            return false;
        }
        wanted += i == except ? vfs->ops->stat(vfs, names[i], &stat) == MOTE_ERRNO_SUCCESS : entry->is_there;
        found += count_entries(vfs, names[i]);
    }
    *why = "something that nobody made";
    return wanted == found;
}

bool files_give_all_back(struct mote_vfs *vfs)
{
    uint32_t total, free_bytes;
    for (uint32_t i = FILES_NAMES; i-- > 0;) {
        enum mote_errno error = remove_any(vfs, names[i]);
        if (error != MOTE_ERRNO_SUCCESS && error != MOTE_ERRNO_NOENT && error != MOTE_ERRNO_NOTDIR) {
            fprintf(stderr, "%s cannot be removed: error %d\n", names[i], error);
            return false;
        }
    }
    vfs->ops->space(vfs, &total, &free_bytes);
    uint32_t sector = hal_flash_region(HAL_FLASH_FILES)->sector_bytes;
    uint32_t used = (total - free_bytes) / (sector < 4096 ? 4096 : sector);
    if (used != 2) {
        fprintf(stderr, "%u blocks are in use, and nothing is there\n", (unsigned)used);
    }
    return used == 2;
}

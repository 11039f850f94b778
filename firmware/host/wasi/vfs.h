/* A file system behind WASI's files and the device's file commands: one implementation a file (vfs_littlefs.c). Paths are UTF-8, absolute ("/data/log"),
   in canonical form: no empty part, no "." or "..", no slash at the end but for "/" itself; whoever calls has seen to that and that the path stays inside what its
   caller may reach. Results are WASI's error numbers (host/wasi/wasi_abi.h). With the lock held (hal/thread.h). An operation that takes long, as flash does, gives the lock away for
   a moment every few milliseconds; others who want files meanwhile wait until it is over. */
#ifndef HOST_WASI_VFS_H
#define HOST_WASI_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "host/wasi/wasi_abi.h"
#include "mote.h"

struct mote_vfs;      /* a mounted file system */
struct mote_vfs_file; /* an open file */
struct mote_vfs_dir;  /* a directory being read */

#define MOTE_VFS_NAME_MAX 63                   /* bytes of one part of a path */
#define MOTE_VFS_OPEN_MAX CONFIG_HOST_FILES_OPEN /* files and directories open at a time; then NFILE */

enum mote_vfs_kind { MOTE_VFS_FILE, MOTE_VFS_DIR };

struct mote_vfs_stat {
    enum mote_vfs_kind kind;
    uint32_t size_bytes; /* of a file */
};

struct mote_vfs_entry {
    struct mote_vfs_stat stat;
    char name[MOTE_VFS_NAME_MAX + 1];
};

enum mote_vfs_flags {
    MOTE_VFS_READ = 1, /* whoever opened keeps to these two himself */
    MOTE_VFS_WRITE = 2,
    MOTE_VFS_CREATE = 4,
    MOTE_VFS_EXCLUSIVE = 8, /* with CREATE: EXIST when it is there already */
    MOTE_VFS_TRUNCATE = 16,
};

struct mote_vfs_ops {
    enum mote_errno (*open)(struct mote_vfs *vfs, const char *path, unsigned flags, struct mote_vfs_file **file);
    /* Closing is what makes written bytes durable; an error of it is worth telling. */
    enum mote_errno (*close)(struct mote_vfs *vfs, struct mote_vfs_file *file);
    enum mote_errno (*read)(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t at, void *data, uint32_t size, uint32_t *count);
    enum mote_errno (*write)(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t at, const void *data, uint32_t size, uint32_t *count);
    enum mote_errno (*sync)(struct mote_vfs *vfs, struct mote_vfs_file *file);
    enum mote_errno (*truncate)(struct mote_vfs *vfs, struct mote_vfs_file *file, uint32_t size);
    enum mote_errno (*file_stat)(struct mote_vfs *vfs, struct mote_vfs_file *file, struct mote_vfs_stat *stat);

    enum mote_errno (*stat)(struct mote_vfs *vfs, const char *path, struct mote_vfs_stat *stat);
    enum mote_errno (*make_dir)(struct mote_vfs *vfs, const char *path);
    /* ISDIR, NOTDIR, NOTEMPTY, BUSY: it is open. */
    enum mote_errno (*remove)(struct mote_vfs *vfs, const char *path, enum mote_vfs_kind kind);
    /* Replaces a file or an empty directory. BUSY: `to`, or the file `from`, is open. */
    enum mote_errno (*rename)(struct mote_vfs *vfs, const char *from, const char *to);

    enum mote_errno (*open_dir)(struct mote_vfs *vfs, const char *path, struct mote_vfs_dir **dir);
    void (*close_dir)(struct mote_vfs *vfs, struct mote_vfs_dir *dir);
    /* The next entry, "." and ".." left out; false at the end. */
    bool (*next)(struct mote_vfs *vfs, struct mote_vfs_dir *dir, struct mote_vfs_entry *entry);

    void (*space)(struct mote_vfs *vfs, uint32_t *total_bytes, uint32_t *free_bytes);
};

struct mote_vfs {
    const struct mote_vfs_ops *ops;
    bool is_busy; /* a thread is in the middle of an operation: no thread that may be the one must be ended by force now. It is over by itself soon */
    bool is_wanted; /* another one waits for its end: who has several operations to do lets it have its turn */
};

/* Waits until nobody is in the middle of an operation, but only for some 30 ms; whether that is so. The main thread asks before each operation, which would
   wait for as long as it takes. */
bool mote_vfs_wait(struct mote_vfs *vfs);

/* vfs_littlefs.c: mounts the region HAL_FLASH_FILES, formatting it when it is blank; memory (about 1 KiB, and 400 bytes for each open file) comes from `allocator`. Errors:
   NO_STORE (no such region), FLASH_FAILED (it is damaged: mote_littlefs_format), NO_MEMORY. */
enum mote_error mote_littlefs_mount(const struct mote_allocator *allocator, struct mote_vfs **out);
/* Makes the region empty; nothing may be mounted. Errors: NO_STORE, NO_MEMORY, FLASH_FAILED. */
enum mote_error mote_littlefs_format(const struct mote_allocator *allocator);
/* Nothing may be open. NULL is allowed. */
void mote_littlefs_unmount(struct mote_vfs *vfs);

#endif

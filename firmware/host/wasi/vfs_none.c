/* A firmware without files: no board has a region for them. */
#include "host/wasi/vfs.h"

enum mote_error mote_littlefs_mount(const struct mote_allocator *allocator, struct mote_vfs **out)
{
    (void)allocator;
    *out = NULL;
    return MOTE_ERROR_NO_STORE;
}

enum mote_error mote_littlefs_format(const struct mote_allocator *allocator)
{
    (void)allocator;
    return MOTE_ERROR_NO_STORE;
}

bool mote_vfs_wait(struct mote_vfs *vfs)
{
    (void)vfs;
    return true;
}

void mote_littlefs_unmount(struct mote_vfs *vfs)
{
    (void)vfs;
}

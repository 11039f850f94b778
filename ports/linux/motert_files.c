/* The file system that --files gives to the guest: an image of littlefs in a file that behaves as flash does. */
#include "motert_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "flash_file.h"
#include "host/wasi/vfs.h"

#define SECTOR_BYTES 4096u
#define NEW_BYTES (1u << 20)

int motert_files_open(const struct motert_options *options, const struct mote_allocator *allocator, struct mote_vfs **vfs)
{
    *vfs = NULL;
    if (!options->image) {
        return MOTERT_OK;
    }
    struct stat status;
    bool is_there = stat(options->image, &status) == 0 && status.st_size > 0;
    size_t size = options->image_bytes ? options->image_bytes : is_there ? (size_t)status.st_size : NEW_BYTES;
    struct flash_file file = {options->image, size <= UINT32_MAX ? (uint32_t)size : 0, SECTOR_BYTES, 1};
    if (!flash_file_open(HAL_FLASH_FILES, &file)) {
        const char *why = errno == EINVAL        ? "an image has a multiple of 4096 bytes; leave its size out when it is there already"
                          : errno == EWOULDBLOCK ? "another process uses it"
                                                 : strerror(errno);
        fprintf(stderr, "motert: --files %s: %s\n", options->image, why);
        return MOTERT_FAILED;
    }
    enum mote_error error = mote_littlefs_mount(allocator, vfs);
    if (error != MOTE_ERROR_NONE) {
        const char *hint = error == MOTE_ERROR_FLASH_FAILED ? ": it is no image of files, or damaged; mote fs image makes one" : "";
        fprintf(stderr, "motert: --files %s: %s%s\n", options->image, mote_error_text(error), hint);
        flash_file_close(HAL_FLASH_FILES);
        return MOTERT_FAILED;
    }
    return MOTERT_OK;
}

void motert_files_close(struct mote_vfs *vfs)
{
    mote_littlefs_unmount(vfs);
    flash_file_close(HAL_FLASH_FILES);
}

/* Paths, and what is wrong with them; see file_path.h. */
#include "shell/file_path.h"

#include "base/bits.h"
#include "base/text.h"
#include "hal/flash.h"

/* The length of the part of a path that begins at `text`; SIZE_MAX when there is something in it that does not belong there. */
static size_t part_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] != '/') {
        uint32_t size = mote_utf8_length((const uint8_t *)text + i, (uint32_t)(length - i));
        if (size == 0 || (uint8_t)text[i] < 0x20) {
            return SIZE_MAX;
        }
        i += size;
    }
    return i;
}

bool mote_file_path(const char *text, size_t length, char path[MOTE_FILE_PATH_BYTES])
{
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        size_t part = part_length(text + i, length - i);
        bool is_dot = part == 1 && text[i] == '.';
        bool is_up = part == 2 && text[i] == '.' && text[i + 1] == '.';
        if (is_up || part > MOTE_VFS_NAME_MAX || at + 1 + part >= MOTE_FILE_PATH_BYTES) {
            return false;
        }
        if (part > 0 && !is_dot) {
            path[at++] = '/';
            memcpy(path + at, text + i, part);
            at += part;
        }
        i += part;
    }
    path[0] = '/';
    path[at > 0 ? at : 1] = '\0';
    return true;
}

enum mote_errno mote_file_check(struct mote_vfs *files)
{
    if (!files) {
        return ENABLED(CONFIG_HOST_FILES) && hal_flash_region(HAL_FLASH_FILES) ? MOTE_ERRNO_NXIO : MOTE_ERRNO_NODEV;
    }
    return mote_vfs_wait(files) ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_AGAIN;
}

enum mote_errno mote_file_remove(struct mote_vfs *files, const char *path)
{
    enum mote_errno error = files->ops->remove(files, path, MOTE_VFS_FILE);
    return error == MOTE_ERRNO_ISDIR ? files->ops->remove(files, path, MOTE_VFS_DIR) : error;
}

struct mote_file_error mote_file_error(enum mote_errno error)
{
    static const uint8_t rows[][3] = {
        {MOTE_ERRNO_SUCCESS, 0, 0},  {MOTE_ERRNO_NOENT, 3, 3}, {MOTE_ERRNO_NOTDIR, 3, 3}, {MOTE_ERRNO_ISDIR, 4, 1}, {MOTE_ERRNO_NOTEMPTY, 0, 4},
        {MOTE_ERRNO_EXIST, 0, 4},    {MOTE_ERRNO_BUSY, 5, 4},  {MOTE_ERRNO_NOSPC, 0, 5},  {MOTE_ERRNO_NOMEM, 0, 6}, {MOTE_ERRNO_IO, 0, 9},
        {MOTE_ERRNO_NFILE, 0, 10},   {MOTE_ERRNO_INVAL, 2, 11}, {MOTE_ERRNO_NODEV, 14, 3},
        {MOTE_ERRNO_NXIO, 14, 9},    {MOTE_ERRNO_AGAIN, 0, 4},
        {UINT8_MAX, 0, 1},
    };
    unsigned i = 0;
    while (i + 1 < MOTE_COUNT(rows) && rows[i][0] != error) {
        i++;
    }
    const char *text = mote_text_at("\0no such file or directory\0not a directory\0is a directory\0not empty\0exists already\0in use\0no room left\0"
                                    "out of memory\0flash failed\0too many open files\0not a path\0no files on this board\0the file system is damaged; format empties it\0busy, try again\0not possible", i);
    return (struct mote_file_error){text, rows[i][1], rows[i][2]};
}

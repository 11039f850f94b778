/* Paths and what is wrong with them; see file_path.h. */
#include "shell/file_path.h"

#include "base/bits.h"

/* The length of the part of a path that begins at `text`. */
static size_t part_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && text[i] != '/') {
        i++;
    }
    return i;
}

bool mote_file_path(const char *text, size_t length, char path[MOTE_FILE_PATH_BYTES])
{
    size_t at = 0;
    path[at++] = '/';
    for (size_t i = 0; i < length; i++) {
        size_t part = part_length(text + i, length - i);
        if (part == 2 && text[i] == '.' && text[i + 1] == '.') {
            return false;
        }
        if (part > 0 && !(part == 1 && text[i] == '.')) {
            if (part > MOTE_VFS_NAME_MAX || at + 1 + part >= MOTE_FILE_PATH_BYTES) {
                return false;
            }
            if (at > 1) {
                path[at++] = '/';
            }
            memcpy(path + at, text + i, part);
            at += part;
        }
        i += part;
    }
    path[at] = '\0';
    return true;
}

const char *mote_errno_text(enum mote_errno error)
{
    switch (error) {
    case MOTE_ERRNO_NOENT: return "no such file or directory";
    case MOTE_ERRNO_ISDIR: return "is a directory";
    case MOTE_ERRNO_NOTDIR: return "not a directory";
    case MOTE_ERRNO_NOTEMPTY: return "the directory is not empty";
    case MOTE_ERRNO_EXIST: return "exists already";
    case MOTE_ERRNO_NOSPC: return "no room left";
    case MOTE_ERRNO_BUSY: return "in use";
    case MOTE_ERRNO_NFILE: return "too many files are open";
    case MOTE_ERRNO_NOMEM: return "out of memory";
    case MOTE_ERRNO_IO: return "flash memory failed";
    default: return "not possible";
    }
}

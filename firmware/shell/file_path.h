/* Paths as people and clients write them, and what file systems say, in the words of all who ask. */
#ifndef SHELL_FILE_PATH_H
#define SHELL_FILE_PATH_H

#include "host/wasi/vfs.h"

#define MOTE_FILE_PATH_BYTES 128 /* with the zero byte */

/* Brings a path into the form that a file system wants: absolute, without empty parts and ".". False when it is too long, has "..", or is no text. */
bool mote_file_path(const char *text, size_t length, char path[MOTE_FILE_PATH_BYTES]);

/* Whether there are files to work with now: NODEV none, NXIO they are damaged, AGAIN somebody else works with them. Before each operation. */
enum mote_errno mote_file_check(struct mote_vfs *files);

/* Removes a file or an empty directory. */
enum mote_errno mote_file_remove(struct mote_vfs *files, const char *path);

/* An error, as text for people, and as `rc` of the groups 8 (0: it depends on what was done) and 64 of the management protocol. */
struct mote_file_error {
    const char *text;
    uint8_t fs_rc, module_rc;
};
struct mote_file_error mote_file_error(enum mote_errno error);

#endif

/* Paths as people and clients write them. */
#ifndef SHELL_FILE_PATH_H
#define SHELL_FILE_PATH_H

#include "host/wasi/vfs.h"

#define MOTE_FILE_PATH_BYTES 128 /* with the zero byte */

/* Brings a path into the form that a file system wants: absolute, without empty parts and ".". False when it is too long or has "..". */
bool mote_file_path(const char *text, size_t length, char path[MOTE_FILE_PATH_BYTES]);

/* An error of a file system in words. */
const char *mote_errno_text(enum mote_errno error);

#endif

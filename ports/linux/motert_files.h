/* The file system that --files gives to the guest. */
#ifndef MOTERT_FILES_H
#define MOTERT_FILES_H

#include "motert_options.h"

struct mote_vfs;

/* Opens the image that the options name, made when it is not there, and mounts it; *vfs stays NULL when they name none. MOTERT_OK, or a status when a line
   has said why not. */
int motert_files_open(const struct motert_options *options, const struct mote_allocator *allocator, struct mote_vfs **vfs);

/* NULL is allowed. */
void motert_files_close(struct mote_vfs *vfs);

#endif

/* What the file group of the management protocol keeps between requests. */
#ifndef SHELL_SMP_FS_H
#define SHELL_SMP_FS_H

#include "base/sha256.h"
#include "shell/file_path.h"

struct mote_smp;

struct mote_smp_fs {
    struct mote_vfs_file *file; /* the last one that was asked for, while it may be asked for again; NULL: none is open */
    bool is_written;            /* it is, or was, what an upload brings, and `path` where that will be */
    bool is_crc;                /* what is being made of it: a CRC, otherwise a hash */
    uint32_t size;              /* what was announced, of an upload */
    uint32_t from, at, end;     /* of a hash; `at` also of an upload */
    uint32_t crc;
    uint32_t used_ms;
    struct mote_sha256 sha;
    char path[MOTE_FILE_PATH_BYTES];
};

/* Goes on with a hash; closes what nobody asked for in a while. What the handler would return. */
int mote_smp_fs_step(struct mote_smp *smp);
/* Removes what is left of an upload after a loss of power. */
void mote_smp_fs_init(struct mote_smp *smp);
/* Closes what is open; an upload ends there. */
void mote_smp_fs_close(struct mote_smp *smp);

#endif

/* A file system with a model beside it: what there must be after each step, for tests in which power is lost and flash fails. */
#ifndef FILES_WORLD_H
#define FILES_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "host/wasi/vfs.h"

#define FILES_NAMES 10u
#define FILES_BYTES_MAX 32000u

enum files_verb {
    FILES_PUT,    /* a file anew, whether it is there or not */
    FILES_APPEND,
    FILES_PATCH,  /* bytes in its middle */
    FILES_SYNCED, /* appends twice, and syncs between the two */
    FILES_CUT,    /* to half its size */
    FILES_REMOVE, /* a file or an empty directory */
    FILES_RENAME, /* to the name `other` */
    FILES_MAKE_DIR,
};

struct files_step {
    enum files_verb verb;
    uint32_t name, other; /* of files_name */
    uint32_t size;        /* of what is written */
    uint8_t seed;         /* what the bytes are */
};

struct files_entry {
    bool is_there, is_dir;
    uint32_t size;
    uint8_t bytes[FILES_BYTES_MAX];
};

struct files_model {
    struct files_entry entries[FILES_NAMES];
};

const char *files_name(uint32_t name);

/* Mounts with memory of its own, as after power-on: what was mounted is forgotten. */
bool files_boot(struct mote_vfs **vfs);

/* Does a step; SUCCESS also when there was nothing to do. */
enum mote_errno files_do(struct mote_vfs *vfs, const struct files_step *step);

/* A step passes through phases that a loss of power may leave: 0 before it, the last one when it is done. The model becomes that of a phase. */
unsigned files_last_phase(const struct files_step *step);
void files_follow(struct files_model *model, const struct files_step *step, unsigned phase);

/* Whether all is as in the model, and nothing else is there; `why` then says what is not. The name `except` (FILES_NAMES: none) may have anything. */
bool files_are_as(struct mote_vfs *vfs, const struct files_model *model, uint32_t except, const char **why);

/* Removes everything; whether all blocks are then free but those of the empty root. */
bool files_give_all_back(struct mote_vfs *vfs);

#endif

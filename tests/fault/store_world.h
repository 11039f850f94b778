/* A store with a model beside it: what names must have after each step, for tests in which power is lost, flash fails, or the store
   is full. */
#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include "../../ports/linux/flash_file.h"
#include "app/store.h"

#define WORLD_NAMES 6u
#define WORLD_BYTES_MAX 1000000u /* of a record */

/* Bytes that follow from a number. */
struct world_bytes {
    uint32_t seed; /* 0: there are none */
    uint32_t size;
};

struct world_name {
    struct world_bytes package[2], prepared[2]; /* of both generations */
    struct world_bytes note;
};

struct world_model {
    struct world_name names[WORLD_NAMES];
};

enum world_verb {
    WORLD_INSTALL,
    WORLD_PREPARE,  /* what counts now */
    WORLD_NOTE,
    WORLD_ROLL_BACK,
    WORLD_REMOVE,
    WORLD_BREAK_OFF, /* an upload of which `part` bytes come */
};

struct world_step {
    enum world_verb verb;
    uint32_t name;
    struct world_bytes bytes;
    uint32_t part;
};

struct world {
    struct mote_store *store;
    struct world_model model;
    bool may_lose_previous; /* the store is so full that the previous package may go when a new one is begun */
    uint32_t pinned[2];     /* sequence numbers; 0: none */
    uint32_t resumed_bytes; /* that uploads did not send again */
    size_t memory_bytes;    /* that the store has now */
};

const char *world_name(uint32_t name);
uint8_t world_byte(struct world_bytes bytes, uint32_t i);

/* Opens and closes the store over the region as it is. */
bool world_open(struct world *world);
void world_close(struct world *world);

/* Does a step; the model follows when it succeeds. */
enum mote_error world_do(struct world *world, const struct world_step *step);
/* What the model is after a step that succeeded. */
void world_follow(struct world_model *model, const struct world_step *step);

/* Whether a name has this in the store. */
bool world_has(struct world *world, uint32_t name, const struct world_name *expected);
/* Whether everything in the store is as in the model; otherwise says what is not on stderr. */
bool world_is_as(struct world *world, const struct world_model *model);
/* The same after a step that was broken off: as before or as after. The model becomes what is there. */
bool world_is_old_or_new(struct world *world, const struct world_step *step);

uint32_t world_random(uint32_t *state, uint32_t below);

#endif

/* A runtime with an agent and an account of its memory, for tests of the embedder's API. */
#ifndef WORLD_H
#define WORLD_H

#include "unit.h"

struct world {
    struct unit_account account;
    struct mote_runtime *runtime;
    struct mote_agent *agent;
    struct mote_diag diag; /* of what was loaded or instantiated last */
};

#define WORLD_STACK_BYTES 65536

/* Makes runtime and agent; the options' allocator is set here. */
void world_begin(struct world *world);
void world_begin_with(struct world *world, struct mote_runtime_options options);
/* Frees the runtime with all that is left and checks that all memory came back. */
void world_end(struct world *world);

/* Load and instantiate modules of tests/unit/modules; they must succeed. */
struct mote_module *world_load(struct world *world, const char *name);
struct mote_instance *world_instance(struct world *world, const char *name);

/* Calls an exported function on values (numbers only in `bits`) and gives what mote_call gave. */
enum mote_error world_call(struct world *world, struct mote_instance *instance, const char *name,
                           const struct mote_value *params, uint32_t param_count, struct mote_value *results,
                           uint32_t result_count);
/* Calls a function (i32...) -> i32 and gives its result; a failure fails the test. */
uint32_t world_call_i32(struct world *world, struct mote_instance *instance, const char *name, uint32_t a);
/* Calls a function that must trap, with one i32 or (count 0) no argument; gives the trap. */
enum mote_trap world_trap(struct world *world, struct mote_instance *instance, const char *name, uint32_t count, uint32_t a);

static inline struct mote_value i32_value(uint32_t number)
{
    struct mote_value value = {.type = MOTE_I32, .of = {.bits = number}};
    return value;
}

#endif

/* What the handlers call when an operation leaves the fast path. */
#ifndef INTERP_INTERP_H
#define INTERP_INTERP_H

#include "interp/register_code.h"
#include "runtime/agent.h"

/* Helpers by number; they take their operands in consecutive cells from `cells` on and leave their result there. */
typedef enum mote_trap (*mote_interp_helper)(struct mote_agent *agent, uint32_t *cells, uint32_t a, uint32_t b);
enum helper {
#define HELPER(name) HELPER_##name,
#include "interp/helpers.def"
#undef HELPER
    HELPER_COUNT
};
extern const mote_interp_helper mote_interp_helpers[HELPER_COUNT];

/* What is behind the handler COLD: from cells at x (and y) to cells at `to`, which may be the same. */
enum mote_trap mote_interp_cold(const void *x, const void *y, void *to, enum cold cold);

/* Whether an indirect call may reach `func` when `type` is wanted; for functions whose type is another structure. */
bool mote_interp_same_type(const struct mote_agent *agent, const struct mote_func *func, const struct mote_functype *type);

/* Calls a host function or one of another instance, of whatever engine, with arguments at `fp`. `back` is where the caller goes on. On success agent->fp and
   the result say what to run next. NULL: agent->trap is the reason. */
const uint16_t *mote_interp_call_any(struct mote_agent *agent, struct mote_func *func, uint8_t *fp, const uint16_t *back);

/* Returns from a function of another instance: restores the caller's, agent->fp and what to run next. */
const uint16_t *mote_interp_return_across(struct mote_agent *agent, uint8_t *fp);

/* The trap of a call that found no room: too little stack, or an interrupt that took the room away. */
int mote_interp_no_room(const struct mote_agent *agent);

/* Validates and translates all functions of a decoded module. False: the diag says why. */
bool mote_interp_translate(struct mote_module *module, uint32_t from, uint32_t to, struct mote_diag *diag);

/* The offset in the module's bytes of the instruction to which register code at `pc` belongs; MOTE_NO_INDEX when that cannot be
   found out (no memory). */
uint32_t mote_interp_locate(const struct mote_func *func, const void *pc);

/* Runs register code from `pc` until EXIT or a trap. */
int mote_interp_dispatch(struct mote_agent *agent, const uint16_t *pc, uint8_t *fp);

/* A return address in a frame. */
typedef const uint16_t *__attribute__((aligned(4), may_alias)) mote_link;

#endif

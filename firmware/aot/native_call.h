/* The boundary between C and native code. */
#ifndef AOT_NATIVE_CALL_H
#define AOT_NATIVE_CALL_H

#include "aot/native.h"

/* enter_<architecture>.c: calls an entry thunk, with the C caller's registers kept, and returns 0; or the number that
   mote_native_leave was given with what stood in *machine_sp. Runs nest. */
int mote_native_enter(struct mote_context *context, const void *code, uint8_t *cells, const void *entry, uintptr_t *machine_sp);
_Noreturn void mote_native_leave(uintptr_t machine_sp, uint32_t trap);

/* Where the gates of enter_<architecture>.c store, as offsets in struct mote_agent, the place in native code from which a helper was
   called: the return address and the stack pointer behind it. */
#define NATIVE_TRAP_PC_32 52
#define NATIVE_TRAP_PC_64 104
#define NATIVE_FP_32 60
#define NATIVE_FP_64 120

/* Ends the innermost run with a trap, unless that is NONE. Its frames are told first, while they are still there. */
void mote_native_check_trap(struct mote_context *context, enum mote_trap trap);

/* The context is the first member of its agent. */
static inline struct mote_agent *mote_native_agent(struct mote_context *context)
{
    return (struct mote_agent *)(void *)context;
}

#endif

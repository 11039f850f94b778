/* An agent is one thread of execution (the word is the threads proposal's): its stack of frames, its poll flag, its last trap. The first
   members are what running code reads; they are kept in step with the instance that runs. */
#ifndef RUNTIME_AGENT_H
#define RUNTIME_AGENT_H

#include "base/bits.h"
#include "base/config.h"
#include "runtime/context.h"
#include "runtime/instance.h"

#if !defined(CONFIG_TRAP_FRAMES_MAX)
#define CONFIG_TRAP_FRAMES_MAX 1
#endif

/* A frame as it was at a trap; names and offsets are looked up when somebody asks. */
struct mote_trap_frame {
    const struct mote_func *func;
    const void *pc; /* in the code of its engine; NULL for a host function */
};

struct mote_agent {
    struct mote_context context; /* first: running code has one pointer for both */
    uint8_t *cell_limit;      /* no frame of cells may reach beyond; an interrupt sets it to NULL */
    const void *trap_pc;      /* the instruction that may be trapping: what it means is the engine's affair */
    struct mote_func *funcs;  /* of context.instance */
    uint8_t *fp;              /* frame of the function that runs: the engine's affair too */

    uint8_t *stack_end;       /* first byte behind the stack of cells */
    uintptr_t machine_limit;  /* what context.stack_limit is while nobody interrupts */
#if ENABLED(CONFIG_ENGINE_INTERP)
    uint16_t stubs[6];        /* the interpreter's: where returns out of wasm code lead */
#endif

    struct mote_agent *next; /* in the runtime's list */
    struct mote_runtime *runtime;
    uint8_t *stack;
    size_t stack_size;
    uint8_t *top;        /* first free byte of the stack of cells while host code or native code runs; a multiple of 8 */
    struct mote_entry *entry; /* the innermost call from the host, NULL outside */
    uint32_t depth;      /* nested calls from the host */

    enum mote_trap trap;
    uint32_t trap_depth; /* frames at the trap */
    struct mote_trap_frame frames[CONFIG_TRAP_FRAMES_MAX];
};

/* A call from the host into wasm, on the host's stack. */
struct mote_entry {
    struct mote_entry *outer;
    const struct mote_engine *engine; /* whose run it is */
    uint8_t *fp;                  /* of the called function */
    const void *outer_pc;         /* where the outer run stands, for call stacks */
    uint8_t *outer_fp;
    struct mote_instance *outer_instance;
    uintptr_t machine_sp;         /* of a native run: the stack pointer at its beginning */
};

/* Makes `instance` the one that runs on this agent. */
void mote_agent_enter_instance(struct mote_agent *agent, struct mote_instance *instance);

/* Brings the contexts of all agents that run on this memory up to date: it has grown. */
void mote_agents_follow_memory(const struct mote_memory *memory);

/* Calls any function, of whatever engine or of the host, from running code: arguments in cells at `fp` (a multiple of 4), results
   there afterwards. `fp` lies in the agent's stack, and nothing behind the arguments may be in use any more. Who calls is the context's
   instance. A trap has its frames on record already. */
enum mote_trap mote_agent_call(struct mote_agent *agent, struct mote_func *func, uint8_t *fp);

/* The function that an indirect call reaches: element `index` of a table, of the wanted type. NULL: agent->trap is the reason. */
struct mote_func *mote_agent_resolve(struct mote_agent *agent, uint32_t index, uint32_t tableidx, uint32_t typeidx);

/* Calls a host function: cells in, cells out. `top` is the first byte of the stack that it does not use. */
enum mote_trap mote_call_host(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp,
                              struct mote_instance *caller);

/* Appends the frames of the innermost run and of the runs around it to the record of the trap. For engines whose frames do not outlive the
   run; for others it is done when a run has ended with a trap. */
void mote_agent_record_frames(struct mote_agent *agent);

/* mote_agent_frame without the name: who wants none has no code that looks for it. */
bool mote_agent_nameless_frame(const struct mote_agent *agent, uint32_t i, struct mote_frame *frame);

/* Appends a frame to the record of the trap. */
void mote_agent_record_frame(struct mote_agent *agent, const struct mote_func *func, const void *pc);

static inline uint32_t mote_agent_poll(const struct mote_agent *agent)
{
    return MOTE_LOAD_SHARED(agent->context.poll);
}

#endif

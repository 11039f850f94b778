/* An agent is one thread of execution (the word is the threads proposal's): its stack of frames, its poll flag, its last trap. The first members are what running code reads; the engine keeps them in step with the instance that runs. */
#ifndef RUNTIME_AGENT_H
#define RUNTIME_AGENT_H

#include "base/bits.h"
#include "base/config.h"
#include "runtime/instance.h"

#if !defined(CONFIG_TRAP_FRAMES_MAX)
#define CONFIG_TRAP_FRAMES_MAX 1
#endif

/* A frame as it was at a trap; names and offsets are looked up when somebody asks. */
struct mote_trap_frame {
    const struct mote_func *func;
    const uint16_t *pc; /* in its register code; NULL for a host function */
};

struct mote_agent {
    /* Read by running code. */
    uint32_t poll;            /* not 0: stop with this trap; written by other threads and signal handlers */
    uint8_t *stack_limit;     /* no frame may reach beyond; an interrupt sets it to NULL */
    const uint16_t *trap_pc;  /* the instruction that may be trapping */
    uint64_t *globals;        /* of `instance` */
    struct mote_func *funcs;  /* of `instance` */
    struct mote_func **imports;
    struct mote_instance *instance;
    struct mote_memory *memory; /* memory 0 of `instance`, or one of no pages */
    uint8_t *fp;              /* frame of the function that runs; set at calls and returns */

    uint8_t *stack_end;       /* first byte behind the stack */
    uint16_t stubs[6];        /* the engine's: where returns out of wasm code lead */

    struct mote_agent *next; /* in the runtime's list */
    struct mote_runtime *runtime;
    uint8_t *stack;
    size_t stack_size;
    uint8_t *top;        /* first free byte of the stack while host code runs */
    struct mote_entry *entry; /* the innermost call from the host, NULL outside */
    uint32_t depth;      /* nested calls from the host */

    enum mote_trap trap;
    uint32_t trap_depth; /* frames at the trap */
    struct mote_trap_frame frames[CONFIG_TRAP_FRAMES_MAX];
};

/* A call from the host into wasm, on the host's stack. */
struct mote_entry {
    struct mote_entry *outer;
    uint8_t *fp;                  /* of the called function */
    const uint16_t *outer_pc;     /* where the outer run stands, for call stacks */
    uint8_t *outer_fp;
    struct mote_instance *outer_instance;
};

/* Makes `instance` the one that runs on this agent. */
void mote_agent_enter_instance(struct mote_agent *agent, struct mote_instance *instance);

/* Calls a function whose arguments lie in cells at `fp`; its results come there too. For wasm and host functions alike. */
enum mote_trap mote_agent_call(struct mote_agent *agent, struct mote_func *func, uint8_t *fp);

/* Calls a host function: cells in, cells out. `top` is the first byte of the stack that it does not use. */
enum mote_trap mote_call_host(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp,
                              struct mote_instance *caller);

/* Appends a frame to the record of the trap. */
void mote_agent_record_frame(struct mote_agent *agent, const struct mote_func *func, const uint16_t *pc);

static inline uint32_t mote_agent_poll(const struct mote_agent *agent)
{
    return MOTE_LOAD_SHARED(agent->poll);
}

#endif

/* WASI process functions: a guest ends itself by a trap of its own (EXIT) that unwinds to whoever called it. */
#include "hal/system.h"
#include "host/wasi/wasi_host.h"

static enum mote_trap exit_with(struct mote_caller *caller, uint32_t code)
{
    mote_wasi_of(caller)->exit_code = code;
    return MOTE_TRAP_EXIT;
}

enum mote_trap mote_wasi_proc_exit(struct mote_caller *caller, uint64_t *values)
{
    return exit_with(caller, (uint32_t)values[0]);
}

/* A guest has no signal handlers, so each signal does what it does by default: nothing, or end the program with 128 + its number as a shell
   reports it. Stopping a guest is not offered. */
enum mote_trap mote_wasi_proc_raise(struct mote_caller *caller, uint64_t *values)
{
    uint32_t signal = (uint32_t)values[0];
    if (signal >= WASI_SIGNAL_COUNT) {
        return mote_wasi_end(values, MOTE_ERRNO_INVAL);
    }
    if (signal >= WASI_SIGNAL_STOP && signal <= WASI_SIGNAL_TTOU) {
        return mote_wasi_end(values, MOTE_ERRNO_NOTSUP);
    }
    switch (signal) {
    case WASI_SIGNAL_NONE:
    case WASI_SIGNAL_CHLD:
    case WASI_SIGNAL_CONT:
    case WASI_SIGNAL_URG:
    case WASI_SIGNAL_WINCH:
        return mote_wasi_end(values, MOTE_ERRNO_SUCCESS);
    default:
        return exit_with(caller, 128 + signal);
    }
}

enum mote_trap mote_wasi_sched_yield(struct mote_caller *caller, uint64_t *values)
{
    (void)caller;
    hal_system_yield();
    return mote_wasi_end(values, MOTE_ERRNO_SUCCESS);
}

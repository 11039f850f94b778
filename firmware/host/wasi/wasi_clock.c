/* WASI clocks: the machine's clocks (hal/clock.h) by WASI's numbers. */
#include "hal/clock.h"
#include "host/wasi/wasi_host.h"

/* The machine counts processor time for all of the process; a guest has one thread, so both clocks show it. */
static enum mote_errno clock_now(uint32_t clock, uint64_t *now_ns)
{
    switch (clock) {
    case WASI_CLOCK_REALTIME:
        return hal_clock_realtime_ns(now_ns) ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_NOTSUP;
    case WASI_CLOCK_MONOTONIC:
        *now_ns = hal_clock_now_ns();
        return MOTE_ERRNO_SUCCESS;
    case WASI_CLOCK_PROCESS_CPUTIME:
    case WASI_CLOCK_THREAD_CPUTIME:
        *now_ns = hal_clock_cpu_ns();
        return MOTE_ERRNO_SUCCESS;
    default:
        return MOTE_ERRNO_INVAL;
    }
}

static enum mote_errno put_time(const struct mote_caller *caller, uint64_t address, uint64_t time_ns)
{
    uint8_t *at = mote_wasi_at(caller, address, 8);
    if (!at) {
        return MOTE_ERRNO_FAULT;
    }
    mote_put_u64(at, time_ns);
    return MOTE_ERRNO_SUCCESS;
}

enum mote_trap mote_wasi_clock_time_get(struct mote_caller *caller, uint64_t *values)
{
    uint64_t now_ns = 0;
    enum mote_errno error = clock_now((uint32_t)values[0], &now_ns);
    return mote_wasi_end(values, error == MOTE_ERRNO_SUCCESS ? put_time(caller, values[2], now_ns) : error);
}

enum mote_trap mote_wasi_clock_res_get(struct mote_caller *caller, uint64_t *values)
{
    if ((uint32_t)values[0] >= WASI_CLOCK_COUNT) {
        return mote_wasi_end(values, MOTE_ERRNO_INVAL);
    }
    return mote_wasi_end(values, put_time(caller, values[1], hal_clock_resolution_ns()));
}

/* A watchdog in the timer's interrupt: it notices a main thread that hangs, though not interrupts that stay off. */
#include "watchdog.h"

#include "clock.h"
#include "hal/system.h"
#include "print.h"
#include "system.h"
#include "thread.h"

#define NS_PER_MS 1000000u
#define FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)

static volatile bool is_on;
static uint64_t bites_at;

void hal_system_watchdog(uint32_t timeout_ms)
{
    uint64_t at = clock_ticks_after((uint64_t)timeout_ms * NS_PER_MS);
    bool is_sooner = !is_on || at < bites_at;
    is_on = false;
    FENCE();
    bites_at = at;
    FENCE();
    is_on = true;
    if (is_sooner) { /* otherwise the timer rings early, and is set again then */
        thread_switch();
    }
}

bool watchdog_is_on(void)
{
    return is_on;
}

uint64_t watchdog_bites_at(void)
{
    return is_on ? bites_at : UINT64_MAX;
}

void watchdog_look(uint64_t now)
{
    if (is_on && now >= bites_at) {
        print("mote: the watchdog was not fed\n");
        system_restart(HAL_RESET_WATCHDOG);
    }
}

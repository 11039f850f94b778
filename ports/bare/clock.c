/* Time from the board's timer, and the one alarm, which rings in the timer's interrupt. */
#include "clock.h"

#include "base/config.h"
#include "hal/clock.h"
#include "thread.h"
#include "timer.h"
#include "watchdog.h"

#define NS_PER_S 1000000000u
#define TICK_NS (NS_PER_S / CONFIG_BARE_TIMER_HZ)
#define FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)

_Static_assert(NS_PER_S % CONFIG_BARE_TIMER_HZ == 0, "a step of the timer must last a whole number of nanoseconds");

uint64_t hal_clock_now_ns(void)
{
    return timer_ticks() * TICK_NS;
}

bool hal_clock_realtime_ns(uint64_t *now_ns)
{
    *now_ns = 0;
    return false;
}

uint64_t hal_clock_cpu_ns(void)
{
    return hal_clock_now_ns();
}

uint64_t hal_clock_resolution_ns(void)
{
    return TICK_NS;
}

uint64_t clock_ticks_after(uint64_t duration_ns)
{
    uint64_t now = timer_ticks(), ticks = duration_ns / TICK_NS + 1;
    return ticks < UINT64_MAX - now ? now + ticks : UINT64_MAX - 1;
}

void hal_clock_sleep_ns(uint64_t duration_ns)
{
    thread_wait(WAIT_TIME, clock_ticks_after(duration_ns));
}

static struct {
    volatile bool is_set;
    uint64_t at;
    void (*expire)(void *user);
    void *user;
} alarm_state;

/* The interrupt may come at any moment: it sees the alarm whole or not at all. */
bool hal_clock_alarm_start(uint64_t delay_ns, void (*expire)(void *user), void *user)
{
    alarm_state.is_set = false;
    FENCE();
    alarm_state.at = clock_ticks_after(delay_ns);
    alarm_state.expire = expire;
    alarm_state.user = user;
    FENCE();
    alarm_state.is_set = true;
    thread_switch(); /* arms the timer */
    return true;
}

void hal_clock_alarm_stop(void)
{
    alarm_state.is_set = false;
    thread_switch();
}

uint64_t clock_next_event(void)
{
    uint64_t at = watchdog_bites_at();
    return alarm_state.is_set && alarm_state.at < at ? alarm_state.at : at;
}

void clock_ring(void)
{
    uint64_t now = timer_ticks();
    if (alarm_state.is_set && now >= alarm_state.at) {
        alarm_state.is_set = false;
        alarm_state.expire(alarm_state.user);
    }
    watchdog_look(now);
}

/* Time from the board's timer, and the one alarm, which rings in the timer's interrupt. */
#include "hal/clock.h"

#include "base/config.h"
#include "timer.h"

#define NS_PER_S 1000000000u
#define TICK_NS (NS_PER_S / CONFIG_BARE_TIMER_HZ)

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

void hal_clock_sleep_ns(uint64_t duration_ns)
{
    uint64_t start_ns = hal_clock_now_ns();
    while (hal_clock_now_ns() - start_ns < duration_ns) {
    }
}

static struct {
    void (*expire)(void *user);
    void *user;
} alarm_state;

bool hal_clock_alarm_start(uint64_t delay_ns, void (*expire)(void *user), void *user)
{
    timer_disarm();
    alarm_state.expire = expire;
    alarm_state.user = user;
    timer_arm(timer_ticks() + delay_ns / TICK_NS);
    return true;
}

void hal_clock_alarm_stop(void)
{
    timer_disarm();
}

void clock_ring(void)
{
    alarm_state.expire(alarm_state.user);
}

/* Two timers of Arm's Cortex-M System Design Kit, 0x1000 apart, with neighbouring interrupts. The first counts down for ever, and its interrupt
   carries into the high half of the count; the second rings. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"
#include "timer.h"

#define COUNTER CONFIG_BARE_TIMER_ADDRESS
#define ALARM (CONFIG_BARE_TIMER_ADDRESS + 0x1000)
#define CONTROL(timer) register_at(timer, 0x0)
#define VALUE(timer) register_at(timer, 0x4)
#define RELOAD(timer) register_at(timer, 0x8)
#define INTERRUPT(timer) register_at(timer, 0xC)

#define ON 0x1u
#define WITH_INTERRUPT 0x8u

static volatile uint32_t wraps;      /* of the counter */
static volatile uint64_t alarm_left; /* what the alarm still has to wait after the interval that runs */

void timer_init(void)
{
    *RELOAD(COUNTER) = UINT32_MAX;
    *VALUE(COUNTER) = UINT32_MAX;
    *CONTROL(COUNTER) = ON | WITH_INTERRUPT;
    interrupts_enable(CONFIG_BARE_TIMER_INTERRUPT);
    interrupts_enable(CONFIG_BARE_TIMER_INTERRUPT + 1);
}

uint64_t timer_ticks(void)
{
    uint32_t high, value, pending;
    do { /* the counter may wrap while we look, with its interrupt held back */
        high = wraps;
        pending = *INTERRUPT(COUNTER) & 1;
        value = *VALUE(COUNTER);
    } while (high != wraps || pending != (*INTERRUPT(COUNTER) & 1));
    return (uint64_t)(high + pending) << 32 | (UINT32_MAX - value);
}

static void start_interval(uint64_t ticks)
{
    uint32_t now = ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX;
    alarm_left = ticks - now;
    *VALUE(ALARM) = now > 0 ? now : 1;
    *CONTROL(ALARM) = ON | WITH_INTERRUPT;
}

void timer_arm(uint64_t at_ticks)
{
    timer_disarm();
    uint64_t now = timer_ticks();
    start_interval(at_ticks > now ? at_ticks - now : 0);
}

void timer_disarm(void)
{
    *CONTROL(ALARM) = 0;
    *INTERRUPT(ALARM) = 1;
}

bool timer_interrupt(uint32_t number)
{
    if (number == CONFIG_BARE_TIMER_INTERRUPT) {
        *INTERRUPT(COUNTER) = 1;
        wraps++;
        return true;
    }
    if (number != CONFIG_BARE_TIMER_INTERRUPT + 1) {
        return false;
    }
    timer_disarm();
    if (alarm_left > 0) {
        start_interval(alarm_left);
    } else {
        clock_ring();
    }
    return true;
}

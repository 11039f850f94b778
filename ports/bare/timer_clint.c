/* The machine timer of RISC-V's core-local interruptor, in the layout of SiFive's: mtimecmp of hart 0 at 0x4000, mtime at 0xBFF8. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"
#include "timer.h"

#define COMPARE_LOW register_at(CONFIG_BARE_TIMER_ADDRESS, 0x4000)
#define COMPARE_HIGH register_at(CONFIG_BARE_TIMER_ADDRESS, 0x4004)
#define TIME_LOW register_at(CONFIG_BARE_TIMER_ADDRESS, 0xBFF8)
#define TIME_HIGH register_at(CONFIG_BARE_TIMER_ADDRESS, 0xBFFC)

void timer_init(void)
{
    timer_disarm();
    interrupts_enable(CONFIG_BARE_TIMER_INTERRUPT);
}

uint64_t timer_ticks(void)
{
    uint32_t high, low;
    do {
        high = *TIME_HIGH;
        low = *TIME_LOW;
    } while (high != *TIME_HIGH);
    return (uint64_t)high << 32 | low;
}

/* Never lets the two halves pass for an earlier time than either the old or the new one. */
void timer_arm(uint64_t at_ticks)
{
    *COMPARE_LOW = UINT32_MAX;
    *COMPARE_HIGH = (uint32_t)(at_ticks >> 32);
    *COMPARE_LOW = (uint32_t)at_ticks;
}

void timer_disarm(void)
{
    *COMPARE_HIGH = UINT32_MAX;
    *COMPARE_LOW = UINT32_MAX;
}

bool timer_interrupt(uint32_t number)
{
    if (number != CONFIG_BARE_TIMER_INTERRUPT) {
        return false;
    }
    timer_disarm();
    clock_ring();
    return true;
}

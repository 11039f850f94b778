/* The system timer of the ESP32-C3: unit 0 counts 16 steps a microsecond, comparator 0 rings. It is used at half its rate, so that a step lasts
   whole nanoseconds. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"
#include "timer.h"

#define CONF register_at(CONFIG_BARE_TIMER_ADDRESS, 0x00)
#define UNIT_OPERATION register_at(CONFIG_BARE_TIMER_ADDRESS, 0x04)
#define TARGET_HIGH register_at(CONFIG_BARE_TIMER_ADDRESS, 0x1C)
#define TARGET_LOW register_at(CONFIG_BARE_TIMER_ADDRESS, 0x20)
#define TARGET_CONF register_at(CONFIG_BARE_TIMER_ADDRESS, 0x34)
#define VALUE_HIGH register_at(CONFIG_BARE_TIMER_ADDRESS, 0x40)
#define VALUE_LOW register_at(CONFIG_BARE_TIMER_ADDRESS, 0x44)
#define COMPARATOR_LOAD register_at(CONFIG_BARE_TIMER_ADDRESS, 0x50)
#define INTERRUPT_ENABLE register_at(CONFIG_BARE_TIMER_ADDRESS, 0x64)
#define INTERRUPT_CLEAR register_at(CONFIG_BARE_TIMER_ADDRESS, 0x6C)
#define INTERRUPT_STATUS register_at(CONFIG_BARE_TIMER_ADDRESS, 0x70)

#define CLOCK_ON (1u << 31)
#define UNIT_ON (1u << 30)
#define TARGET_ON (1u << 24)
#define UPDATE (1u << 30)
#define VALID (1u << 29)
#define TARGET_0 1u

_Static_assert(CONFIG_BARE_TIMER_HZ == 8000000, "half of what the system timer counts");

void timer_init(void)
{
    *CONF = CLOCK_ON | UNIT_ON;
    *TARGET_CONF = 0; /* unit 0, once */
    *INTERRUPT_CLEAR = TARGET_0;
    *INTERRUPT_ENABLE = TARGET_0;
    interrupts_enable(CONFIG_BARE_TIMER_INTERRUPT);
}

/* Another call in the middle of this one takes a later value, which may come in two halves. */
uint64_t timer_ticks(void)
{
    uint32_t high, low;
    *UNIT_OPERATION = UPDATE;
    while (!(*UNIT_OPERATION & VALID)) {
    }
    do {
        high = *VALUE_HIGH;
        low = *VALUE_LOW;
    } while (high != *VALUE_HIGH);
    return ((uint64_t)high << 32 | low) >> 1;
}

void timer_arm(uint64_t at_ticks)
{
    uint64_t at = at_ticks << 1;
    timer_disarm();
    *TARGET_HIGH = (uint32_t)(at >> 32) & 0xFFFFF;
    *TARGET_LOW = (uint32_t)at;
    *COMPARATOR_LOAD = 1;
    *CONF |= TARGET_ON;
}

void timer_disarm(void)
{
    *CONF &= ~TARGET_ON;
    *INTERRUPT_CLEAR = TARGET_0;
}

bool timer_interrupt(uint32_t number)
{
    if (number != CONFIG_BARE_TIMER_INTERRUPT) {
        return false;
    }
    if (*INTERRUPT_STATUS & TARGET_0) {
        timer_disarm();
        clock_ring();
    }
    return true;
}

/* What a driver of a timer offers to clock.c: a count that goes up CONFIG_BARE_TIMER_HZ times a second and never wraps, and one
   interrupt. */
#ifndef BARE_TIMER_H
#define BARE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

/* Starts the count and enables the interrupt (interrupts_enable). Interrupts are off. */
void timer_init(void);

/* Steps since timer_init. Any context, also in the middle of another call of it. */
uint64_t timer_ticks(void);

/* Asks for one interrupt at a count (in the past: at once), in place of any asked for before; timer_disarm asks for none. Called with interrupts off. */
void timer_arm(uint64_t at_ticks);
void timer_disarm(void);

/* The driver's part of an interrupt, false when the number is not its. When the count that was asked for is reached it disarms the timer and
   calls clock_ring (by clock.c). */
bool timer_interrupt(uint32_t number);
void clock_ring(void);

#endif

/* What a driver of a timer offers to clock.c: a count that goes up CONFIG_BARE_TIMER_HZ times a second and never wraps, and one
   interrupt. */
#ifndef BARE_TIMER_H
#define BARE_TIMER_H

#include <stdint.h>

void timer_init(void);

/* Steps since timer_init. Any context. */
uint64_t timer_ticks(void);

/* Asks for one interrupt at a count (in the past: at once), in place of any asked for before; timer_disarm asks for none. */
void timer_arm(uint64_t at_ticks);
void timer_disarm(void);

/* The driver's part of the timer's interrupt; called by trap_<cpu>.c. */
void timer_interrupt(uint32_t number);

/* Called by the driver, in its interrupt: the count that was asked for is reached. The timer is disarmed. */
void clock_ring(void);

#endif

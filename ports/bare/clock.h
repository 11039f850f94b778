/* What clock.c tells thread.c, which arms the timer. */
#ifndef BARE_CLOCK_H
#define BARE_CLOCK_H

#include <stdint.h>

/* The tick at which clock_ring has something to do, UINT64_MAX: never. In a trap handler. */
uint64_t clock_next_event(void);

/* A time from now in ticks, at least one. */
uint64_t clock_ticks_after(uint64_t duration_ns);

#endif

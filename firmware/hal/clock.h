/* Time. Callable from any task, not from an interrupt. */
#ifndef HAL_CLOCK_H
#define HAL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds since some fixed point; never goes back. Does not block. */
uint64_t hal_clock_now_ns(void);

/* Nanoseconds of wall-clock time since 1970-01-01T00:00:00Z, false when the machine does not know the time. */
bool hal_clock_realtime_ns(uint64_t *now_ns);

/* Processor time this process has used, in nanoseconds; time since boot where the machine does not count it. */
uint64_t hal_clock_cpu_ns(void);

/* Smallest step of the clocks above, in nanoseconds, at least 1. */
uint64_t hal_clock_resolution_ns(void);

/* Blocks for up to `duration_ns`; may return early (a signal, an interrupt): the caller asks the clock again. */
void hal_clock_sleep_ns(uint64_t duration_ns);

/* Calls expire(user) once, `delay_ns` from now, on another thread or in a signal or interrupt handler. One alarm at a
   time: starting another replaces it. False when the machine has no timer to spare. */
bool hal_clock_alarm_start(uint64_t delay_ns, void (*expire)(void *user), void *user);
void hal_clock_alarm_stop(void);

#endif

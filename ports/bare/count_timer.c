/* Instructions from the timer, for CPUs without a counter of their own: the emulator lets each last the same time, which is longer than two steps of
   the timer, so that rounding gives the exact number. */
#include "base/config.h"
#include "count.h"
#include "timer.h"

#define TICK_NS (1000000000u / CONFIG_BARE_TIMER_HZ)

_Static_assert(CONFIG_BARE_INSTRUCTION_NS > 2 * TICK_NS, "an instruction must last longer than two steps of the timer");

uint64_t count_now(void)
{
    return timer_ticks();
}

uint64_t count_between(uint64_t from, uint64_t to)
{
    return ((to - from) * TICK_NS + CONFIG_BARE_INSTRUCTION_NS / 2) / CONFIG_BARE_INSTRUCTION_NS;
}

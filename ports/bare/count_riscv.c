/* Instructions as the CPU itself counts them. */
#include "count.h"

uint64_t count_now(void)
{
    uint32_t high, low, again;
    do {
        __asm__ volatile("csrr %0, minstreth\n\tcsrr %1, minstret\n\tcsrr %2, minstreth" : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

uint64_t count_between(uint64_t from, uint64_t to)
{
    return to - from;
}

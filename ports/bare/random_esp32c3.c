/* The random numbers of the ESP32-C3. Without radio its noise is that of the clocks' drift against each other, which fills the register's bits anew
   in a fifth of a millisecond. */
#include "hal/random.h"

#include <stdint.h>

#include "hal/clock.h"
#include "registers.h"

#define RANDOM register_at(0x600260B0u, 0)
#define PERIOD_NS 250000u

bool hal_random_fill(void *data, size_t size)
{
    uint8_t *bytes = data;
    uint32_t word = 0;
    for (size_t i = 0; i < size; i++, word >>= 8) {
        if (i % sizeof word == 0) {
            uint64_t end_ns = hal_clock_now_ns() + PERIOD_NS;
            while (hal_clock_now_ns() < end_ns) {
                word ^= *RANDOM;
            }
        }
        bytes[i] = (uint8_t)word;
    }
    return true;
}

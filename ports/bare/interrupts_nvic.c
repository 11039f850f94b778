/* The interrupt controller inside each Cortex-M. */
#include "interrupts.h"
#include "registers.h"

#define ENABLE(number) register_at(0xE000E100u, 4 * ((number) / 32))

void interrupts_init(void)
{
}

void interrupts_enable(uint32_t number)
{
    *ENABLE(number) = 1u << number % 32;
}

bool interrupts_handle(uint32_t cause)
{
    return interrupts_serve(cause);
}

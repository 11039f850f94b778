/* Which driver an interrupt belongs to. */
#include "interrupts.h"

#include "timer.h"
#include "uart.h"

bool interrupts_serve(uint32_t number)
{
    return timer_interrupt(number) || uart_interrupt(number);
}

/* RISC-V's platform-level interrupt controller, for machine mode of hart 0; the core's own timer beside it is the interrupt 0, which the controller
   itself does not have. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"

#define PRIORITY(number) register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 4 * (number))
#define ENABLE(number) register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x2000 + 4 * ((number) / 32))
#define THRESHOLD register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x200000)
#define CLAIM register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x200004)

#define CAUSE_TIMER 7u
#define CAUSE_EXTERNAL 11u

void interrupts_init(void)
{
    *THRESHOLD = 0;
    __asm__ volatile("csrw mie, %0" : : "r"(1u << CAUSE_TIMER | 1u << CAUSE_EXTERNAL));
}

void interrupts_enable(uint32_t number)
{
    if (number != 0) {
        *PRIORITY(number) = 1;
        *ENABLE(number) |= 1u << number % 32;
    }
}

bool interrupts_handle(uint32_t cause)
{
    if (cause == CAUSE_TIMER) {
        return interrupts_serve(0);
    }
    bool is_served = cause == CAUSE_EXTERNAL;
    for (uint32_t number; is_served && (number = *CLAIM) != 0; *CLAIM = number) {
        is_served = interrupts_serve(number);
    }
    return is_served;
}

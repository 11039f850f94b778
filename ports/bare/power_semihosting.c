/* Arm's semihosting call SYS_EXIT_EXTENDED, which ends an emulator; a board without a debugger stops in its fault handler. Resets are the
   CPU's own. */
#include <stdint.h>

#include "power.h"
#include "registers.h"

#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026u
#define RESET_CONTROL register_at(0xE000ED0Cu, 0)
#define RESET_REQUEST 0x05FA0004u

void power_init(void)
{
}

_Noreturn void power_off(int status)
{
    uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
    register uint32_t operation __asm__("r0") = SYS_EXIT_EXTENDED;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(argument) : "memory");
    for (;;) {
    }
}

_Noreturn void power_reset(void)
{
    *RESET_CONTROL = RESET_REQUEST;
    for (;;) {
    }
}

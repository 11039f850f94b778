/* The machine as a whole: there is one task, and nobody to restart it. */
#include "hal/system.h"

#include "boot.h"
#include "power.h"
#include "print.h"

_Noreturn void hal_system_panic(const char *file, int line, const char *what)
{
    print("mote: internal error at ");
    print(file);
    print(":");
    print_number((uint64_t)line);
    print(": ");
    print(what);
    print("\n");
    power_off(STATUS_FAULT);
}

/* Below it: the runtime's own C functions and an interrupt. */
#define RESERVE_BYTES 2048

uintptr_t hal_stack_limit(void)
{
    return (uintptr_t)link_stack_start + RESERVE_BYTES;
}

void hal_system_yield(void)
{
}

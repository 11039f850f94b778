/* Reporting faults. */
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "power.h"
#include "print.h"

_Noreturn void fault_report(const char *what, uintptr_t pc, const uintptr_t *address)
{
    static bool is_reporting;
    if (is_reporting) {
        power_off(STATUS_FAULT); /* a fault while reporting one: say no more */
    }
    is_reporting = true;
    print("mote: fault: ");
    print(what);
    print(" at ");
    print_hex(pc);
    if (address) {
        print(", address ");
        print_hex(*address);
    }
    print("\n");
    power_off(STATUS_FAULT);
}

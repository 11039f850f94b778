/* Reporting faults. */
#include "fault.h"

#include <stdbool.h>
#include <stddef.h>

#include "power.h"
#include "print.h"
#include "system.h"
#include "thread.h"
#include "watchdog.h"

static struct {
    const char *file, *what;
    int line;
} panic; /* file not NULL: why the trap came */

static void print_fault(const char *what, uintptr_t pc, const uintptr_t *address)
{
    print("mote: fault: ");
    print(what);
    print(" at ");
    print_hex(pc);
    if (address) {
        print(", address ");
        print_hex(*address);
    }
    if (thread_current->name) {
        print(" in ");
        print(thread_current->name);
    }
    print("\n");
}

static void print_panic(void)
{
    print("mote: internal error at ");
    print(panic.file);
    print(":");
    print_number((uint64_t)panic.line);
    print(": ");
    print(panic.what);
    print("\n");
}

_Noreturn void fault_report(const char *what, uintptr_t pc, const uintptr_t *address)
{
    static bool is_reporting;
    if (!is_reporting) { /* else a fault while reporting one: say no more */
        is_reporting = true;
        if (panic.file) {
            print_panic();
        } else {
            print_fault(what, pc, address);
        }
    }
    if (watchdog_is_on()) {
        system_restart(HAL_RESET_FAULT);
    }
    power_off(STATUS_FAULT);
}

/* Only the trap handler may print while interrupts come and threads run. */
_Noreturn void fault_panic(const char *file, int line, const char *what)
{
    hal_lock();
    panic.what = what;
    panic.line = line;
    panic.file = file;
    thread_stop();
}

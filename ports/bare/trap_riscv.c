/* What happens on a trap on RISC-V: the timer rings, a misaligned access is made by hand, everything else is a fault. */
#include <stddef.h>

#include "base/config.h"
#include "boot.h"
#include "fault.h"
#include "misaligned.h"
#include "timer.h"
#include "trap.h"

#define INTERRUPT 0x80000000u
#define TIMER 7u
#define LOAD_MISALIGNED 4u
#define STORE_MISALIGNED 6u

static const char *const causes[] = {
    "misaligned instruction", "no access to an instruction", "illegal instruction", "breakpoint", "misaligned load",
    "no access to load from", "misaligned store", "no access to store to", "call of the environment",
};

static const char *cause_text(uintptr_t cause)
{
    uintptr_t count = sizeof causes / sizeof causes[0];
    return cause < count ? causes[cause] : cause & INTERRUPT ? "unexpected interrupt" : "unexpected trap";
}

void trap_handle(struct trap_registers *registers)
{
    uintptr_t cause, address;
    __asm__ volatile("csrr %0, mcause\n\tcsrr %1, mtval" : "=r"(cause), "=r"(address));
    if (cause == (INTERRUPT | TIMER)) {
        timer_interrupt(CONFIG_BARE_TIMER_INTERRUPT);
        return;
    }
    bool is_misaligned = cause == LOAD_MISALIGNED || cause == STORE_MISALIGNED;
    if (address >= (uintptr_t)link_guard_start && address < (uintptr_t)link_stack_start) {
        fault_report("the machine's stack is full", registers->pc, NULL);
    }
    if (!is_misaligned || !misaligned_emulate(registers)) {
        fault_report(cause_text(cause), registers->pc, cause & INTERRUPT ? NULL : &address);
    }
}

/* What happens on a trap on RISC-V: devices are served, threads switched, a misaligned access is made by hand, everything else is a fault: of the thread
   that did it, or of the firmware. */
#include <stddef.h>

#include "boot.h"
#include "fault.h"
#include "interrupts.h"
#include "misaligned.h"
#include "protect.h"
#include "thread.h"
#include "trap.h"

#define INTERRUPT 0x80000000u
#define LOAD_MISALIGNED 4u
#define STORE_MISALIGNED 6u
#define CALL_FROM_USER 8u
#define CALL_FROM_MACHINE 11u

#define MODE_MACHINE 0x1800u /* of mstatus: the mode that mret returns to */

static const char *const causes[] = {
    "misaligned instruction", "no access to an instruction", "illegal instruction", "breakpoint", "misaligned load",
    "no access to load from", "misaligned store", "no access to store to",
};

static const char *cause_text(uintptr_t cause)
{
    uintptr_t count = sizeof causes / sizeof causes[0];
    return cause < count ? causes[cause] : cause & INTERRUPT ? "unexpected interrupt" : "unexpected trap";
}

static void handle_fault(struct trap_registers *registers, uintptr_t cause, uintptr_t address)
{
    bool is_misaligned = cause == LOAD_MISALIGNED || cause == STORE_MISALIGNED;
    if (is_misaligned && misaligned_emulate(registers)) {
        return;
    }
    struct hal_fault fault = {(const void *)address, registers->pc, registers->r[2], registers->r[1]};
    if (thread_take_fault(&fault)) {
        return;
    }
    if (address >= (uintptr_t)link_guard_start && address < (uintptr_t)link_stack_start) {
        fault_report("the machine's stack is full", registers->pc, NULL);
    }
    fault_report(cause_text(cause), registers->pc, &address);
}

static void handle(struct trap_registers *registers)
{
    uintptr_t cause, address;
    __asm__ volatile("csrr %0, mcause\n\tcsrr %1, mtval" : "=r"(cause), "=r"(address));
    if (cause & INTERRUPT) {
        registers->pc += registers->pc == (uintptr_t)thread_resting ? 4 : 0;
        if (!interrupts_handle(cause & ~INTERRUPT)) {
            fault_report(cause_text(cause), registers->pc, NULL);
        }
    } else if (cause == CALL_FROM_USER || cause == CALL_FROM_MACHINE) {
        registers->pc += 4; /* thread_switch */
    } else {
        handle_fault(registers, cause, address);
    }
}

struct trap_registers *trap_handle(struct trap_registers *registers)
{
    if (thread_is_handling) {
        fault_report("a trap in the trap handler", registers->pc, NULL);
    }
    thread_is_handling = true;
    handle(registers);
    struct hal_thread *next = thread_choose();
    if (next != &thread_main) {
        protect_stack(next->stack);
    }
    if (next == &thread_main || next->has_rights) {
        __asm__ volatile("csrs mstatus, %0" : : "r"(MODE_MACHINE));
    } else {
        __asm__ volatile("csrc mstatus, %0" : : "r"(MODE_MACHINE));
    }
    thread_is_handling = false;
    return &next->context.registers;
}

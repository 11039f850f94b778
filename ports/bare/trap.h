/* Between start_<cpu>.c, which saves and restores the registers of what was interrupted, and trap_<cpu>.c, which decides. */
#ifndef BARE_TRAP_H
#define BARE_TRAP_H

#include "misaligned.h"

/* RISC-V: any trap. Changes to the registers take effect when it returns. */
void trap_handle(struct trap_registers *registers);

/* Thumb: what lies on the stack in a handler of faults: what start_thumb.c pushed, then what the CPU itself did. */
struct thumb_frame {
    uintptr_t r8_to_r11[4], r4_to_r7[4];
    uintptr_t r0_to_r3[4], r12, lr, pc, status;
};
void trap_fault(struct thumb_frame *frame, uintptr_t exception_return);
void trap_interrupt(void);
/* Instead of trap_fault, with the stack emptied, when there was no room for the CPU's own frame. */
_Noreturn void trap_stack_full(void);

#endif

/* Between start_<cpu>.c, which saves and restores the registers of what was interrupted, and trap_<cpu>.c, which decides. */
#ifndef BARE_TRAP_H
#define BARE_TRAP_H

#include "misaligned.h"

/* RISC-V: any trap. Gives the registers of whoever goes on. */
struct trap_registers *trap_handle(struct trap_registers *registers);

/* Thumb: what the CPU itself puts on the stack of what it interrupts, and what start_thumb.c keeps beside it. */
struct thumb_frame {
    uintptr_t r0_to_r3[4], r12, lr, pc, status;
};
struct thumb_saved {
    uintptr_t r8_to_r11[4], r4_to_r7[4];
};
void trap_fault(struct thumb_frame *frame, struct thumb_saved *saved, uintptr_t exception_return);
void trap_interrupt(void);
struct thread_context *trap_switch(void);

#endif

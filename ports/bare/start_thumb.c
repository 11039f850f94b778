/* The vector table of a Cortex-M, and the door to the handler of faults. */
#include <stddef.h>

#include "boot.h"
#include "trap.h"

#define INTERRUPTS 32

void fault_entry(void);

__asm__(
    ".section .text.fault_entry, \"ax\"\n"
    ".syntax unified\n"
    ".thumb\n"
    ".balign 4\n"
    ".global fault_entry\n"
    ".type fault_entry, %function\n"
    "fault_entry:\n"
    "    push {r4-r7}\n"
    "    mov r4, r8\n"
    "    mov r5, r9\n"
    "    mov r6, r10\n"
    "    mov r7, r11\n"
    "    push {r4-r7}\n"
    "    mov r0, sp\n"
    "    mov r1, lr\n"
    "    push {r0, r1}\n"
    "    bl trap_fault\n"
    "    pop {r0, r1}\n"
    "    pop {r4-r7}\n"
    "    mov r8, r4\n"
    "    mov r9, r5\n"
    "    mov r10, r6\n"
    "    mov r11, r7\n"
    "    pop {r4-r7}\n"
    "    bx r1\n");

/* What the CPU looks at when it starts and at each exception. */
struct vectors {
    uint8_t *stack;
    void (*reset)(void);
    void (*exceptions[14])(void);
    void (*interrupts[INTERRUPTS])(void);
};

_Noreturn void start(void);

_Noreturn void start(void)
{
    boot();
}

#define X4(value) value, value, value, value
#define X32(value) X4(value), X4(value), X4(value), X4(value), X4(value), X4(value), X4(value), X4(value)

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = link_stack_end,
    .reset = start,
    .exceptions = {fault_entry, fault_entry, fault_entry, fault_entry, fault_entry, NULL, NULL, NULL, NULL,
                   trap_interrupt, trap_interrupt, NULL, trap_interrupt, trap_interrupt},
    .interrupts = {X32(trap_interrupt)},
};

/* The vector table of a Cortex-M, and the door to the handler of faults. */
#include <stddef.h>

#include "boot.h"
#include "registers.h"
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
    "    ldr r0, =link_stack_start\n"
    "    mov r1, sp\n"
    "    cmp r1, r0\n"
    "    blo 1f\n"
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
    "    bx r1\n"
    "1:  ldr r0, =link_stack_end\n"
    "    mov sp, r0\n"
    "    bl trap_stack_full\n"
    "    .ltorg\n");

/* What the CPU looks at when it starts and at each exception. */
struct vectors {
    uint8_t *stack;
    void (*reset)(void);
    void (*exceptions[14])(void);
    void (*interrupts[INTERRUPTS])(void);
};

_Noreturn void start(void);

#define MPU_TYPE register_at(0xE000ED90u, 0x0)
#define MPU_CONTROL register_at(0xE000ED90u, 0x4)
#define MPU_BASE register_at(0xE000ED90u, 0xC)
#define MPU_ATTRIBUTES register_at(0xE000ED90u, 0x10)

#define BASE_OF_REGION_0 0x10u
#define NO_ACCESS_256_BYTES (1u << 28 | 7u << 1 | 1u)
#define ON_BESIDE_THE_DEFAULT_MAP 0x5u

/* A guard below the stack, where the CPU can protect memory. */
static void protect_stack(void)
{
    if (*MPU_TYPE != 0) {
        *MPU_BASE = (uint32_t)(uintptr_t)link_guard_start | BASE_OF_REGION_0;
        *MPU_ATTRIBUTES = NO_ACCESS_256_BYTES;
        *MPU_CONTROL = ON_BESIDE_THE_DEFAULT_MAP;
    }
}

_Noreturn void start(void)
{
    protect_stack();
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

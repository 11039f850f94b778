/* The vector table of a Cortex-M, its first instructions, and the doors to the handlers of faults and of switches. Threads run on the process stack, handlers on
   the main stack: what trapped may have no room left on its own. */
#include <stddef.h>

#include "boot.h"
#include "thread.h"
#include "trap.h"

#define INTERRUPTS 32
#define TRAP_STACK_BYTES 1024

static uint8_t trap_stack[TRAP_STACK_BYTES] __attribute__((aligned(8)));

_Noreturn void start(void);
void fault_entry(void);
void switch_entry(void);

/* What Arm's procedure call standard calls the high registers can only be moved on ARMv6-M. */
#define HIGH_TO_LOW      \
    "    mov r4, r8\n"   \
    "    mov r5, r9\n"   \
    "    mov r6, r10\n"  \
    "    mov r7, r11\n"
#define LOW_TO_HIGH      \
    "    mov r8, r4\n"   \
    "    mov r9, r5\n"   \
    "    mov r10, r6\n"  \
    "    mov r11, r7\n"

/* With a floating-point unit: it is turned on, and its registers change with the thread if that used it (bit 4 of the exception return). */
#if defined(__ARM_FP)
#define TURN_FLOATS_ON        \
    "    ldr r0, =0xE000ED88\n" \
    "    ldr r1, =0x00F00000\n" \
    "    str r1, [r0]\n"
#define SAVE_FLOATS           \
    "    tst lr, #16\n"         \
    "    it eq\n"               \
    "    vstmiaeq r1, {s16-s31}\n"
#define LOAD_FLOATS           \
    "    tst r3, #16\n"         \
    "    it eq\n"               \
    "    vldmiaeq r0, {s16-s31}\n"
#else
#define TURN_FLOATS_ON
#define SAVE_FLOATS
#define LOAD_FLOATS
#endif

_Static_assert(offsetof(struct thread_context, sp) == 32 && offsetof(struct thread_context, exception_return) == 36,
               "the assembly below knows where registers are kept");

__asm__(
    ".section .start, \"ax\"\n"
    ".syntax unified\n"
    ".thumb\n"
    ".balign 4\n"
    ".global start\n"
    ".type start, %function\n"
    "start:\n" TURN_FLOATS_ON
    "    ldr r0, =link_stack_end\n"
    "    msr psp, r0\n"
    "    movs r0, #2\n"
    "    msr control, r0\n"
    "    isb\n"
    "    bl boot\n"
    "    .ltorg\n"

    /* r0: what the CPU has saved, on the stack in use; r1: what it has not; r2: how the exception returns. */
    ".global fault_entry\n"
    ".type fault_entry, %function\n"
    "fault_entry:\n"
    "    mrs r0, psp\n"
    "    mov r2, lr\n"
    "    lsls r1, r2, #29\n"
    "    bmi 1f\n"
    "    mov r0, sp\n"
    "1:  push {r4-r7}\n" HIGH_TO_LOW
    "    push {r4-r7}\n"
    "    mov r1, sp\n"
    "    push {r2, r3}\n"
    "    bl trap_fault\n"
    "    pop {r0, r1}\n"
    "    pop {r4-r7}\n" LOW_TO_HIGH
    "    pop {r4-r7}\n"
    "    bx r0\n"

    ".global switch_entry\n"
    ".type switch_entry, %function\n"
    "switch_entry:\n"
    "    ldr r1, =thread_current\n"
    "    ldr r1, [r1]\n"
    "    stmia r1!, {r4-r7}\n" HIGH_TO_LOW
    "    stmia r1!, {r4-r7}\n"
    "    mrs r2, psp\n"
    "    mov r3, lr\n"
    "    stmia r1!, {r2, r3}\n" SAVE_FLOATS
    "    bl trap_switch\n"
    "    movs r1, r0\n"
    "    adds r0, #16\n"
    "    ldmia r0!, {r4-r7}\n" LOW_TO_HIGH
    "    ldmia r0!, {r2, r3}\n" LOAD_FLOATS
    "    msr psp, r2\n"
    "    ldmia r1!, {r4-r7}\n"
    "    bx r3\n"
    "    .ltorg\n");

/* What the CPU looks at when it starts and at each exception. */
struct vectors {
    uint8_t *stack;
    void (*reset)(void);
    void (*exceptions[14])(void);
    void (*interrupts[INTERRUPTS])(void);
};

#define X4(value) value, value, value, value
#define X32(value) X4(value), X4(value), X4(value), X4(value), X4(value), X4(value), X4(value), X4(value)

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    .stack = trap_stack + sizeof trap_stack,
    .reset = start,
    .exceptions = {fault_entry, fault_entry, fault_entry, fault_entry, fault_entry, NULL, NULL, NULL, NULL,
                   fault_entry, fault_entry, NULL, switch_entry, trap_interrupt},
    .interrupts = {X32(trap_interrupt)},
};

/* The first instructions on a RISC-V core, and the door to the trap handler, which has a stack of its own: what trapped may have none left. */
#include "boot.h"
#include "thread.h"
#include "trap.h"

#define TRAP_STACK_BYTES 1024

/* Reached from the assembly below. */
uint8_t trap_stack[TRAP_STACK_BYTES] __attribute__((aligned(16), used));

_Static_assert(sizeof(struct trap_registers) == 33 * 4, "the assembly below knows where registers are kept");

/* mscratch holds the context of the thread that runs: 32 registers, pc. Interrupts have an entry each, as some cores want it; they all do the same. */
__asm__(
    ".section .start, \"ax\"\n"
    ".global start\n"
    "start:\n"
    "    .option push\n"
    "    .option norelax\n"
    "    la gp, __global_pointer$\n"
    "    .option pop\n"
    "    la sp, link_stack_end\n"
    "    la t0, thread_main\n"
    "    csrw mscratch, t0\n"
    "    la t0, trap_vectors\n"
    "    ori t0, t0, 1\n"
    "    csrw mtvec, t0\n"
    "    j boot\n"

    /* Here because otherwise nothing lies between the start and the vectors, which begin at a multiple of 256. */
    "trap_return:\n"
    "    csrw mscratch, a0\n"
    "    lw t0, 128(a0)\n"
    "    csrw mepc, t0\n"
    "    .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    lw x\\n, \\n * 4(a0)\n"
    "    .endr\n"
    "    lw a0, 40(a0)\n"
    "    mret\n"

    ".section .trap, \"ax\"\n"
    ".balign 256\n"
    "trap_vectors:\n"
    "    .option push\n"
    "    .option norvc\n"
    "    .rept 32\n"
    "    j trap_entry\n"
    "    .endr\n"
    "    .option pop\n"

    "trap_entry:\n"
    "    csrrw sp, mscratch, sp\n"
    "    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    sw x\\n, \\n * 4(sp)\n"
    "    .endr\n"
    "    csrr t0, mepc\n"
    "    sw t0, 128(sp)\n"
    "    mv a0, sp\n"
    "    csrrw t0, mscratch, sp\n"
    "    sw t0, 8(sp)\n"
    "    .option push\n"
    "    .option norelax\n"
    "    la gp, __global_pointer$\n"
    "    .option pop\n"
    "    la sp, trap_stack + 1024\n"
    "    call trap_handle\n"
    "    j trap_return\n");

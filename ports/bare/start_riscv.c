/* The first instructions on a RISC-V core, and the door to the trap handler, which has a stack of its own: what trapped may have none left. */
#include "boot.h"
#include "trap.h"

#define TRAP_STACK_BYTES 1024

/* Reached from the assembly below. */
uint8_t trap_stack[TRAP_STACK_BYTES] __attribute__((aligned(16), used));

/* mscratch holds the end of the trap stack, and during a trap the stack pointer of what was interrupted. The frame is a struct
   trap_registers: 32 registers, pc. */
__asm__(
    ".section .text.start, \"ax\"\n"
    ".global start\n"
    "start:\n"
    "    .option push\n"
    "    .option norelax\n"
    "    la gp, __global_pointer$\n"
    "    .option pop\n"
    "    la sp, link_stack_end\n"
    "    la t0, trap_stack + 1024\n"
    "    csrw mscratch, t0\n"
    "    la t0, trap_entry\n"
    "    csrw mtvec, t0\n"
    /* Physical memory protection, also for this mode: no access to 256 bytes from the guard on. */
    "    la t0, link_guard_start\n"
    "    srli t0, t0, 2\n"
    "    ori t0, t0, 31\n"
    "    csrw pmpaddr0, t0\n"
    "    li t0, 0x98\n"
    "    csrw pmpcfg0, t0\n"
    "    j boot\n"

    ".balign 4\n"
    "trap_entry:\n"
    "    csrrw sp, mscratch, sp\n"
    "    addi sp, sp, -144\n"
    "    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    sw x\\n, \\n * 4(sp)\n"
    "    .endr\n"
    "    sw x0, 0(sp)\n"
    "    csrr t0, mscratch\n"
    "    sw t0, 8(sp)\n"
    "    csrr t0, mepc\n"
    "    sw t0, 128(sp)\n"
    "    mv a0, sp\n"
    "    call trap_handle\n"
    "    lw t0, 128(sp)\n"
    "    csrw mepc, t0\n"
    "    lw t0, 8(sp)\n"
    "    csrw mscratch, t0\n"
    "    .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "    lw x\\n, \\n * 4(sp)\n"
    "    .endr\n"
    "    addi sp, sp, 144\n"
    "    csrrw sp, mscratch, sp\n"
    "    mret\n");

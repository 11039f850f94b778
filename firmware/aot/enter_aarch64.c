/* The machine's side of runs of native code on AArch64: entering, leaving, and gates to the helpers. */
#include "aot/native_call.h"

/* x0 context, x1 code, x2 cells, x3 entry, x4 where the stack pointer is kept. leave: x0 stack pointer, w1 trap. */
__asm__(".pushsection .text.mote_native_enter, \"ax\", %progbits\n"
        ".globl mote_native_enter, mote_native_leave\n"
        ".type mote_native_enter, %function\n"
        ".type mote_native_leave, %function\n"
        "mote_native_enter:\n"
        "    stp x29, x30, [sp, #-160]!\n"
        "    stp x19, x20, [sp, #16]\n"
        "    stp x21, x22, [sp, #32]\n"
        "    stp x23, x24, [sp, #48]\n"
        "    stp x25, x26, [sp, #64]\n"
        "    stp x27, x28, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x4]\n"
        "    blr x3\n"
        "    mov w0, #0\n"
        "1:  ldp x19, x20, [sp, #16]\n"
        "    ldp x21, x22, [sp, #32]\n"
        "    ldp x23, x24, [sp, #48]\n"
        "    ldp x25, x26, [sp, #64]\n"
        "    ldp x27, x28, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    ldp x29, x30, [sp], #160\n"
        "    ret\n"
        "mote_native_leave:\n"
        "    mov sp, x0\n"
        "    mov w0, w1\n"
        "    b 1b\n"
        ".popsection");

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

/* A gate: notes the return address and the stack pointer in the agent, which begins with the context (x0). */
#define DIRECT(name)
#define GATED(name)                                                  \
    __asm__(".pushsection .text.mote_native_gates, \"ax\", %progbits\n" \
            ".globl mote_gate_" #name "\n"                           \
            "mote_gate_" #name ":\n"                                 \
            "    str x30, [x0, #" TEXT(NATIVE_TRAP_PC_64) "]\n"      \
            "    mov x16, sp\n"                                      \
            "    str x16, [x0, #" TEXT(NATIVE_FP_64) "]\n"           \
            "    b mote_native_" #name "\n"                          \
            ".popsection");
#include "aot/native_rows.def"

/* The machine's side of runs of native code on Cortex-M (v6-M and later): entering, leaving, and gates to the helpers. */
#include "aot/native_call.h"

/* The floating-point unit's registers that a function keeps for its caller; 64 bytes. */
#if CPU_THUMB_FP
#define SAVE_FLOATS "    vpush {d8-d15}\n"
#define LOAD_FLOATS "    vpop {d8-d15}\n"
#define FIFTH "104"
#else
#define SAVE_FLOATS
#define LOAD_FLOATS
#define FIFTH "40"
#endif

/* r0 context, r1 code, r2 cells, r3 entry, on the stack: where the stack pointer is kept. leave: r0 stack pointer, r1 trap. */
__asm__(".pushsection .text.mote_native_enter, \"ax\", %progbits\n"
        ".syntax unified\n"
        ".thumb\n"
        ".balign 4\n"
        ".globl mote_native_enter, mote_native_leave\n"
        ".thumb_func\n"
        "mote_native_enter:\n"
        "    push {r4-r7, lr}\n"
        "    mov r4, r8\n"
        "    mov r5, r9\n"
        "    mov r6, r10\n"
        "    mov r7, r11\n"
        "    push {r4-r7}\n"
        "    sub sp, #4\n" SAVE_FLOATS
        "    ldr r4, [sp, #" FIFTH "]\n"
        "    mov r5, sp\n"
        "    str r5, [r4]\n"
        "    blx r3\n"
        "    movs r0, #0\n"
        "1:\n" LOAD_FLOATS
        "    add sp, #4\n"
        "    pop {r4-r7}\n"
        "    mov r8, r4\n"
        "    mov r9, r5\n"
        "    mov r10, r6\n"
        "    mov r11, r7\n"
        "    pop {r4-r7, pc}\n"
        ".thumb_func\n"
        "mote_native_leave:\n"
        "    mov sp, r0\n"
        "    mov r0, r1\n"
        "    b 1b\n"
        ".popsection");

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

/* A gate: notes the return address and the stack pointer in the agent, which begins with the context (r0). v6-M stores low registers
   only and has no jump that reaches everywhere, so there a word on the stack becomes the program counter. */
#if CPU_THUMB_V7M
#define GATE(name)                                   \
    "    str lr, [r0, #" TEXT(NATIVE_TRAP_PC_32) "]\n" \
    "    mov r12, sp\n"                              \
    "    str r12, [r0, #" TEXT(NATIVE_FP_32) "]\n"     \
    "    b.w mote_native_" #name "\n"
#else
#define GATE(name)                                   \
    "    push {r4, r5}\n"                            \
    "    mov r4, lr\n"                               \
    "    str r4, [r0, #" TEXT(NATIVE_TRAP_PC_32) "]\n" \
    "    add r4, sp, #8\n"                           \
    "    str r4, [r0, #" TEXT(NATIVE_FP_32) "]\n"      \
    "    ldr r4, 1f\n"                               \
    "    str r4, [sp, #4]\n"                         \
    "    pop {r4, pc}\n"                             \
    ".balign 4\n"                                    \
    "1:  .word mote_native_" #name "\n"
#endif

#define DIRECT(name)
#define GATED(name)                                                  \
    __asm__(".pushsection .text.mote_native_gates, \"ax\", %progbits\n" \
            ".syntax unified\n"                                      \
            ".thumb\n"                                               \
            ".balign 4\n"                                            \
            ".globl mote_gate_" #name "\n"                           \
            ".thumb_func\n"                                          \
            "mote_gate_" #name ":\n" GATE(name)                      \
            ".popsection");
#include "aot/native_rows.def"

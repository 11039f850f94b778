/* The machine's side of runs of native code on x86-64 (System V ABI): entering, leaving, and gates to the helpers. */
#include "aot/native_call.h"

/* rdi context, rsi code, rdx cells, rcx entry, r8 where the stack pointer is kept. leave: rdi stack pointer, esi trap. */
__asm__(".pushsection .text.mote_native_enter, \"ax\", %progbits\n"
        ".globl mote_native_enter, mote_native_leave\n"
        ".type mote_native_enter, %function\n"
        ".type mote_native_leave, %function\n"
        "mote_native_enter:\n"
        "    push %rbx\n"
        "    push %rbp\n"
        "    push %r12\n"
        "    push %r13\n"
        "    push %r14\n"
        "    push %r15\n"
        "    sub $8, %rsp\n"
        "    mov %rsp, (%r8)\n"
        "    call *%rcx\n"
        "    xor %eax, %eax\n"
        "1:  add $8, %rsp\n"
        "    pop %r15\n"
        "    pop %r14\n"
        "    pop %r13\n"
        "    pop %r12\n"
        "    pop %rbp\n"
        "    pop %rbx\n"
        "    ret\n"
        "mote_native_leave:\n"
        "    mov %rdi, %rsp\n"
        "    mov %esi, %eax\n"
        "    jmp 1b\n"
        ".popsection");

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

/* A gate: notes the return address and the stack pointer behind it in the agent, which begins with the context (rdi). */
#define DIRECT(name)
#define GATED(name)                                                  \
    __asm__(".pushsection .text.mote_native_gates, \"ax\", %progbits\n" \
            ".globl mote_gate_" #name "\n"                           \
            "mote_gate_" #name ":\n"                                 \
            "    mov (%rsp), %rax\n"                                 \
            "    mov %rax, " TEXT(NATIVE_TRAP_PC_64) "(%rdi)\n"      \
            "    lea 8(%rsp), %rax\n"                                \
            "    mov %rax, " TEXT(NATIVE_FP_64) "(%rdi)\n"           \
            "    jmp mote_native_" #name "\n"                        \
            ".popsection");
#include "aot/native_rows.def"

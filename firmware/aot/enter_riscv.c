/* The machine's side of runs of native code on RISC-V of 32 and 64 bits: entering, leaving, and gates to the helpers. */
#include "aot/native_call.h"

#define TEXT_(number) #number
#define TEXT(number) TEXT_(number)

/* SAVE and LOAD name a register and its place, in words of the machine. */
#if CPU_RISCV64
#define WORDS(count) TEXT(count) "*8"
#define SAVE(reg, place) "sd " #reg ", " WORDS(place) "(sp)\n"
#define LOAD(reg, place) "ld " #reg ", " WORDS(place) "(sp)\n"
#define STORE "sd "
#define TRAP_PC TEXT(NATIVE_TRAP_PC_64)
#define FP TEXT(NATIVE_FP_64)
#else
#define WORDS(count) TEXT(count) "*4"
#define SAVE(reg, place) "sw " #reg ", " WORDS(place) "(sp)\n"
#define LOAD(reg, place) "lw " #reg ", " WORDS(place) "(sp)\n"
#define STORE "sw "
#define TRAP_PC TEXT(NATIVE_TRAP_PC_32)
#define FP TEXT(NATIVE_FP_32)
#endif
#define ALL(F)                                                                                               \
    F(ra, 15) F(s0, 14) F(s1, 13) F(s2, 12) F(s3, 11) F(s4, 10) F(s5, 9) F(s6, 8) F(s7, 7) F(s8, 6) F(s9, 5) \
    F(s10, 4) F(s11, 3)

/* Registers for floats that the float ABI promises to keep, below the others. */
#define FLOATS(F)                                                                                                  \
    F(fs0, 0) F(fs1, 1) F(fs2, 2) F(fs3, 3) F(fs4, 4) F(fs5, 5) F(fs6, 6) F(fs7, 7) F(fs8, 8) F(fs9, 9) F(fs10, 10) \
    F(fs11, 11)
#if CPU_RISCV_D
#define SAVE_FLOAT(reg, place) "fsd " #reg ", 8*" #place "(sp)\n"
#define LOAD_FLOAT(reg, place) "fld " #reg ", 8*" #place "(sp)\n"
#define SAVE_FLOATS "addi sp, sp, -96\n" FLOATS(SAVE_FLOAT)
#define LOAD_FLOATS FLOATS(LOAD_FLOAT) "addi sp, sp, 96\n"
#elif CPU_RISCV_F
#define SAVE_FLOAT(reg, place) "fsw " #reg ", 4*" #place "(sp)\n"
#define LOAD_FLOAT(reg, place) "flw " #reg ", 4*" #place "(sp)\n"
#define SAVE_FLOATS "addi sp, sp, -48\n" FLOATS(SAVE_FLOAT)
#define LOAD_FLOATS FLOATS(LOAD_FLOAT) "addi sp, sp, 48\n"
#else
#define SAVE_FLOATS
#define LOAD_FLOATS
#endif

/* a0 context, a1 code, a2 cells, a3 entry, a4 where the stack pointer is kept. leave: a0 stack pointer, a1 trap. */
__asm__(".pushsection .text.mote_native_enter, \"ax\", %progbits\n"
        ".globl mote_native_enter, mote_native_leave\n"
        ".type mote_native_enter, %function\n"
        ".type mote_native_leave, %function\n"
        "mote_native_enter:\n"
        "addi sp, sp, -" WORDS(16) "\n" ALL(SAVE) SAVE_FLOATS STORE "sp, 0(a4)\n"
        "jalr a3\n"
        "li a0, 0\n"
        "1:\n" LOAD_FLOATS ALL(LOAD) "addi sp, sp, " WORDS(16) "\n"
        "ret\n"
        "mote_native_leave:\n"
        "mv sp, a0\n"
        "mv a0, a1\n"
        "j 1b\n"
        ".popsection");

/* A gate: notes the return address and the stack pointer in the agent, which begins with the context (a0). */
#define DIRECT(name)
#define GATED(name)                                                  \
    __asm__(".pushsection .text.mote_native_gates, \"ax\", %progbits\n" \
            ".globl mote_gate_" #name "\n"                           \
            "mote_gate_" #name ":\n"                                 \
            STORE "ra, " TRAP_PC "(a0)\n"                            \
            STORE "sp, " FP "(a0)\n"                                 \
            "tail mote_native_" #name "\n"                           \
            ".popsection");
#include "aot/native_rows.def"

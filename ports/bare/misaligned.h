/* Loads and stores at addresses that the CPU refuses, made byte by byte instead: what Kconfig's MISALIGNED_ACCESS promises. The decoders in
   misaligned_<cpu>.c know the instructions that compilers make for ordinary memory; atomic ones and those of coprocessors are refused. */
#ifndef BARE_MISALIGNED_H
#define BARE_MISALIGNED_H

#include <stdbool.h>
#include <stdint.h>

/* The registers of the interrupted program by their numbers, and the address of the instruction that trapped. */
struct trap_registers {
    uintptr_t r[32]; /* Thumb uses the first 15; 13 is the stack pointer */
    uintptr_t pc;
};

#define ACCESS_WORDS_MAX 16

/* What an instruction does: `count` values of `size` bytes, one behind the other. */
struct access {
    uintptr_t address;
    uint8_t size;
    uint8_t count;
    bool is_store;
    bool is_signed;
    uint8_t length;                       /* of the instruction, in bytes */
    uint8_t registers[ACCESS_WORDS_MAX];  /* what is stored, or where the values go */
    uint8_t written_back;                 /* register that gets `next`, */
    bool has_written_back;                /* if it gets it */
    uintptr_t next;
};

/* By the CPU: says what the instruction at pc does; false when it is none that can be emulated. */
bool misaligned_decode(const struct trap_registers *registers, struct access *access);

/* Does what the instruction at pc should have done and moves pc behind it; false (and nothing done) when that cannot be
   or when the access is aligned or goes to no memory, so that something else is wrong with it. */
bool misaligned_emulate(struct trap_registers *registers);

#endif

/* bytecode: an interpreter inside the interpreter, as Lua or MicroPython would be.
 *
 * Stresses: a loop around one large switch (br_table), operand fetches from a byte stream, registers
 * kept in memory, and a guest stack for calls. Nothing is predictable but the inner program's loops.
 * The toy machine has 16 registers of 32 bits, 256 words of memory and instructions of four bytes:
 * operation, target, and two operands (registers, or one 16-bit constant). Its program counts primes
 * by trial division, sums an array with a subroutine, and runs a Fibonacci loop. */
#include "bench.h"

enum operation { HALT, SET, MOVE, ADD, ADDI, SUB, MUL, REM, XOR, SHR, LOAD, STORE, JUMP, JZ, JNZ, JLT, CALL, RET };

#define I(op, a, b, c) {(op), (a), (b), (c)}
#define K(op, a, constant) {(op), (a), (constant) & 255, (constant) >> 8}

/* r0 result, r1 seed; the comment gives the address that jumps use. */
static const uint8_t program[][4] = {
    /*  0 */ K(SET, 0, 0), K(SET, 2, 2), K(SET, 3, 160),
    /*  3 */ K(SET, 4, 2),
    /*  4 */ I(MUL, 5, 4, 4), I(JLT, 2, 5, 11),
    /*  6 */ I(REM, 5, 2, 4), I(JZ, 5, 12, 0),
    /*  8 */ K(ADDI, 4, 1), K(JUMP, 0, 4), K(HALT, 0, 0),
    /* 11 */ K(ADDI, 0, 1),
    /* 12 */ K(ADDI, 2, 1), I(JLT, 2, 3, 3),
    /* 14 */ K(SET, 6, 0), K(SET, 7, 128),
    /* 16 */ I(XOR, 8, 6, 1), I(STORE, 8, 6, 0), K(ADDI, 6, 1), I(JLT, 6, 7, 16),
    /* 20 */ K(SET, 9, 6),
    /* 21 */ K(CALL, 0, 38), K(ADDI, 9, 0xffff), I(JNZ, 9, 21, 0),
    /* 24 */ K(SET, 10, 0), K(SET, 11, 1), K(SET, 12, 120), K(SET, 13, 7),
    /* 28 */ I(ADD, 14, 10, 11), I(MOVE, 10, 11, 0), I(MOVE, 11, 14, 0), I(SHR, 15, 14, 13),
    /* 32 */ I(XOR, 0, 0, 15), K(ADDI, 12, 0xffff), I(JNZ, 12, 28, 0),
    /* 35 */ I(ADD, 0, 0, 1), K(HALT, 0, 0), K(HALT, 0, 0),
    /* 38 */ K(SET, 6, 0),
    /* 39 */ I(LOAD, 8, 6, 0), I(ADD, 0, 0, 8), I(SUB, 0, 0, 9), K(ADDI, 6, 1), I(JLT, 6, 7, 39),
    /* 44 */ I(RET, 0, 0, 0),
};

struct machine {
    uint32_t registers[16];
    uint32_t memory[256];
    uint32_t stack[16];
    uint32_t depth;
};

static struct machine machine;

/* Runs the program to its HALT and returns r0. Jumps keep their target in the last operand that fits. */
static uint32_t run(struct machine *m, uint32_t seed)
{
    uint32_t *r = m->registers;
    uint32_t at = 0;
    r[1] = seed;
    for (;;) {
        const uint8_t *i = program[at++];
        uint32_t constant = i[2] | (uint32_t)i[3] << 8;
        uint32_t a = i[1], b = i[2], c = i[3];
        switch ((enum operation)i[0]) {
        case HALT: return r[0];
        case SET: r[a] = constant; break;
        case MOVE: r[a] = r[b]; break;
        case ADD: r[a] = r[b] + r[c]; break;
        case ADDI: r[a] += (uint32_t)(int16_t)constant; break;
        case SUB: r[a] = r[b] - r[c]; break;
        case MUL: r[a] = r[b] * r[c]; break;
        case REM: r[a] = r[b] % r[c]; break;
        case XOR: r[a] = r[b] ^ r[c]; break;
        case SHR: r[a] = r[b] >> (r[c] & 31); break;
        case LOAD: r[a] = m->memory[(r[b] + c) & 255]; break;
        case STORE: m->memory[(r[b] + c) & 255] = r[a]; break;
        case JUMP: at = constant; break;
        case JZ: at = r[a] == 0 ? b : at; break;
        case JNZ: at = r[a] != 0 ? b : at; break;
        case JLT: at = r[a] < r[b] ? c : at; break;
        case CALL: m->stack[m->depth++ & 15] = at; at = constant; break;
        case RET: at = m->stack[--m->depth & 15]; break;
        }
    }
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 400);
    uint32_t random = 1013904223u;
    uint32_t checksum = 2166136261u;
    for (uint32_t unit = 0; unit < work; unit++) {
        for (uint32_t i = 0; i < 6; i++) {
            checksum = bench_mix(checksum, run(&machine, bench_random(&random)));
        }
    }
    return bench_report("bytecode", work, checksum);
}

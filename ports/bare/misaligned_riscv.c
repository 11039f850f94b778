/* Loads and stores of RV32I and their compressed forms. */
#include "misaligned.h"

#define LOAD 0x03u
#define STORE 0x23u
#define STACK 2u

static uint32_t bits(uint32_t word, uint32_t high, uint32_t low)
{
    return (word >> low) & ((1u << (high - low + 1)) - 1);
}

static bool take(struct access *access, uint32_t number, uintptr_t base, uint32_t offset, bool is_store)
{
    access->registers[0] = (uint8_t)number;
    access->address = base + (uintptr_t)(intptr_t)(int32_t)offset;
    access->is_store = is_store;
    return is_store || number != 0;
}

/* c.lw, c.sw with registers 8 to 15, and their forms relative to the stack pointer. */
static bool decode_short(const struct trap_registers *registers, uint32_t code, struct access *access)
{
    const uintptr_t *r = registers->r;
    uint32_t first = 8 + bits(code, 4, 2), base = 8 + bits(code, 9, 7);
    uint32_t offset = bits(code, 12, 10) << 3 | bits(code, 6, 6) << 2 | bits(code, 5, 5) << 6;
    access->length = 2;
    switch (bits(code, 15, 13) << 2 | bits(code, 1, 0)) {
    case 2 << 2 | 0: return take(access, first, r[base], offset, false);
    case 6 << 2 | 0: return take(access, first, r[base], offset, true);
    case 2 << 2 | 2:
        offset = bits(code, 12, 12) << 5 | bits(code, 6, 4) << 2 | bits(code, 3, 2) << 6;
        return take(access, bits(code, 11, 7), r[STACK], offset, false);
    case 6 << 2 | 2:
        offset = bits(code, 12, 9) << 2 | bits(code, 8, 7) << 6;
        return take(access, bits(code, 6, 2), r[STACK], offset, true);
    default: return false;
    }
}

static bool decode_long(const struct trap_registers *registers, uint32_t code, struct access *access)
{
    uintptr_t base = registers->r[bits(code, 19, 15)];
    uint32_t upper = (uint32_t)((int32_t)code >> 20);
    uint32_t kind = bits(code, 14, 12); /* log2 of the size; 4 more: unsigned */
    access->length = 4;
    access->size = (uint8_t)(1u << (kind & 3));
    access->is_signed = kind < 4;
    if ((kind & 3) != 1 && kind != 2) {
        return false;
    }
    if (bits(code, 6, 0) == LOAD) {
        return take(access, bits(code, 11, 7), base, upper, false);
    }
    return bits(code, 6, 0) == STORE && take(access, bits(code, 24, 20), base, (upper & ~31u) | bits(code, 11, 7), true);
}

bool misaligned_decode(const struct trap_registers *registers, struct access *access)
{
    const uint16_t *at = (const uint16_t *)registers->pc;
    access->is_signed = true;
    if ((at[0] & 3) != 3) {
        return decode_short(registers, at[0], access);
    }
    return decode_long(registers, (uint32_t)at[1] << 16 | at[0], access);
}

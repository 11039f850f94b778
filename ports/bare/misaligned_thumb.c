/* Loads and stores of ARMv6-M, and those that ARMv7-M refuses at misaligned addresses: of two and of many registers. */
#include "misaligned.h"

#define STACK 13u
#define PC 15u

static uint32_t bits(uint32_t word, uint32_t high, uint32_t low)
{
    return (word >> low) & ((1u << (high - low + 1)) - 1);
}

static bool take(struct access *access, uint32_t number, uintptr_t address, uint32_t size, bool is_store)
{
    access->registers[0] = (uint8_t)number;
    access->address = address;
    access->size = (uint8_t)size;
    access->is_store = is_store;
    return true;
}

/* Registers in a mask, from `address` on; `next` goes to the base. */
static bool take_many(struct access *access, uint32_t mask, uintptr_t address, bool is_store)
{
    access->count = 0;
    for (uint32_t number = 0; number < PC; number++) {
        if (mask & 1u << number) {
            access->registers[access->count++] = (uint8_t)number;
        }
    }
    access->address = address;
    access->is_store = is_store;
    return access->count > 0 && !(mask & 1u << PC);
}

/* [rn, rm] */
static bool decode_indexed(const uintptr_t *r, uint32_t code, struct access *access)
{
    uintptr_t address = r[bits(code, 5, 3)] + r[bits(code, 8, 6)];
    uint32_t number = bits(code, 2, 0);
    switch (bits(code, 11, 9)) {
    case 0: return take(access, number, address, 4, true);
    case 1: return take(access, number, address, 2, true);
    case 4: return take(access, number, address, 4, false);
    case 5: return take(access, number, address, 2, false);
    case 7: access->is_signed = true; return take(access, number, address, 2, false);
    default: return false; /* bytes */
    }
}

static bool decode_short(const uintptr_t *r, uint32_t code, struct access *access)
{
    uintptr_t base = r[bits(code, 5, 3)];
    uint32_t number = bits(code, 2, 0), high = bits(code, 10, 8), offset = bits(code, 10, 6);
    bool is_store = bits(code, 11, 11) == 0;
    access->length = 2;
    switch (bits(code, 15, 12)) {
    case 5: return decode_indexed(r, code, access);
    case 6: return take(access, number, base + offset * 4, 4, is_store);
    case 8: return take(access, number, base + offset * 2, 2, is_store);
    case 9: return take(access, high, r[STACK] + bits(code, 7, 0) * 4, 4, is_store);
    case 12:
        access->has_written_back = is_store || !(code & 1u << high);
        access->written_back = (uint8_t)high;
        if (!take_many(access, bits(code, 7, 0), r[high], is_store)) {
            return false;
        }
        access->next = r[high] + access->count * 4u;
        return true;
    default: return false;
    }
}

/* ldrd, strd: [rn, #+-imm8 * 4] before, after, with or without writing the base back */
static bool decode_pair(const uintptr_t *r, uint32_t first, uint32_t second, struct access *access)
{
    uint32_t number = bits(first, 3, 0), offset = bits(second, 7, 0) * 4;
    bool is_before = bits(first, 8, 8), is_written = bits(first, 5, 5);
    uintptr_t moved = bits(first, 7, 7) ? r[number] + offset : r[number] - offset;
    if (number == PC || !(is_before || is_written)) {
        return false; /* exclusive accesses, table branches */
    }
    access->count = 2;
    access->registers[1] = (uint8_t)bits(second, 11, 8);
    access->has_written_back = is_written;
    access->written_back = (uint8_t)number;
    access->next = moved;
    return take(access, bits(second, 15, 12), is_before ? moved : r[number], 4, bits(first, 4, 4) == 0);
}

/* ldm, stm with any registers, upwards or downwards */
static bool decode_many(const uintptr_t *r, uint32_t first, uint32_t second, struct access *access)
{
    uint32_t number = bits(first, 3, 0);
    bool is_down = bits(first, 8, 7) == 2;
    if (!take_many(access, second, r[number], bits(first, 4, 4) == 0) || !(is_down || bits(first, 8, 7) == 1)) {
        return false;
    }
    access->has_written_back = bits(first, 5, 5);
    access->written_back = (uint8_t)number;
    access->next = is_down ? r[number] - access->count * 4u : r[number] + access->count * 4u;
    access->address = is_down ? access->next : r[number];
    return true;
}

bool misaligned_decode(const struct trap_registers *registers, struct access *access)
{
    const uint16_t *at = (const uint16_t *)registers->pc;
    if (bits(at[0], 15, 11) < 0x1D) {
        return decode_short(registers->r, at[0], access);
    }
    access->length = 4;
    if (bits(at[0], 15, 9) != 0x74) {
        return false;
    }
    return bits(at[0], 6, 6) ? decode_pair(registers->r, at[0], at[1], access)
                             : decode_many(registers->r, at[0], at[1], access);
}

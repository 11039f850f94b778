/* The part of misaligned accesses that all CPUs share. Little-endian. */
#include "misaligned.h"

#include "boot.h"

/* What the interrupted program may do itself, as far as it concerns memory: a handler has more rights. */
static bool is_allowed(const struct access *access)
{
    uintptr_t start = access->address, end = start + (uintptr_t)access->size * access->count;
    for (const struct link_row *row = link_map; row < link_map_end; row++) {
        if (start >= row->start && end <= row->end) {
            return row->access == LINK_DATA || !access->is_store;
        }
    }
    return false;
}

static uint32_t load(const volatile uint8_t *at, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint32_t)at[i] << (8 * i);
    }
    return value;
}

static void store(volatile uint8_t *at, uint32_t size, uint32_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* A register of more than 32 bits (in tests) holds words extended by their sign, as RISC-V has it. */
static uintptr_t extended(const struct access *access, uint32_t value)
{
    if (access->size == 2 && !access->is_signed) {
        return (uint16_t)value;
    }
    return (uintptr_t)(intptr_t)(access->size == 2 ? (int16_t)value : (int32_t)value);
}

bool misaligned_emulate(struct trap_registers *registers)
{
    struct access access = {.size = 4, .count = 1};
    if (!misaligned_decode(registers, &access) || access.address % access.size == 0 || !is_allowed(&access)) {
        return false;
    }
    volatile uint8_t *at = (volatile uint8_t *)access.address;
    for (uint32_t i = 0; i < access.count; i++, at += access.size) {
        uintptr_t *value = &registers->r[access.registers[i]];
        if (access.is_store) {
            store(at, access.size, (uint32_t)*value);
        } else {
            *value = extended(&access, load(at, access.size));
        }
    }
    if (access.has_written_back) {
        registers->r[access.written_back] = access.next;
    }
    registers->pc += access.length;
    return true;
}

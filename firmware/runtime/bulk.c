/* Bulk operations on memories and tables; see bulk.h. */
#include "runtime/bulk.h"
#include "base/bits.h"

/* Bytes that are copied or filled between two looks at the poll flag. */
#define PIECE_BYTES (1u << 20)

static size_t piece_of(size_t left)
{
    return left < PIECE_BYTES ? left : PIECE_BYTES;
}

static bool has(const struct mote_agent *agent, uint32_t address, size_t size)
{
    size_t all = agent->context.memory_size;
    return size <= all && address <= all - size;
}

enum mote_trap mote_memory_fill(const struct mote_agent *agent, uint32_t to, uint32_t value, uint32_t size)
{
    if (!has(agent, to, size)) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    uint8_t *at = agent->context.memory_base + to;
    for (size_t left = size; left > 0;) {
        size_t piece = piece_of(left);
        memset(at, (int)(value & 0xFF), piece);
        at += piece;
        left -= piece;
        if (left > 0 && mote_agent_poll(agent)) {
            return MOTE_TRAP_INTERRUPTED;
        }
    }
    return MOTE_TRAP_NONE;
}

enum mote_trap mote_memory_copy(const struct mote_agent *agent, uint32_t to, uint32_t from, uint32_t size)
{
    if (!has(agent, to, size) || !has(agent, from, size)) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    uint8_t *base = agent->context.memory_base;
    for (size_t left = size; left > 0;) {
        size_t piece = piece_of(left);
        size_t at = to <= from ? size - left : left - piece;
        memmove(base + to + at, base + from + at, piece);
        left -= piece;
        if (left > 0 && mote_agent_poll(agent)) {
            return MOTE_TRAP_INTERRUPTED;
        }
    }
    return MOTE_TRAP_NONE;
}

enum mote_trap mote_table_fill(struct mote_table *table, uint32_t at, void *value, uint32_t count)
{
    if (!mote_table_has(table, at, count)) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    for (uint32_t i = 0; i < count; i++) {
        table->elements[at + i] = value;
    }
    return MOTE_TRAP_NONE;
}

enum mote_trap mote_table_copy(struct mote_table *to_table, const struct mote_table *from_table, uint32_t to, uint32_t from,
                               uint32_t count)
{
    if (!mote_table_has(to_table, to, count) || !mote_table_has(from_table, from, count)) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    if (count > 0) {
        memmove(to_table->elements + to, from_table->elements + from, count * sizeof(void *));
    }
    return MOTE_TRAP_NONE;
}

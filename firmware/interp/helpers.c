/* Operations that need no speed: growing memory, bulk memory, tables, references (specification, 4.4.2, 4.4.6, 4.4.7). Long copies and fills
   go in pieces, so that an interrupt is heard. */
#include "interp/interp.h"

#define HELPER_FUNCTION(name) \
    static enum mote_trap name(struct mote_agent *agent, uint32_t *cells, uint32_t a, uint32_t b)
#define UNUSED(x) ((void)(x))

/* Bytes that are copied or filled between two looks at the poll flag. */
#define PIECE_BYTES (1u << 20)

/* What the header of a function with a large frame could not say. cells: the frame; a: first byte to be zeroed, b: bytes that the frame
   takes. */
HELPER_FUNCTION(ENTER_FAR)
{
    uint8_t *fp = (uint8_t *)cells;
    if (b > (size_t)(agent->stack_end - fp)) {
        return MOTE_TRAP_CALL_STACK_EXHAUSTED;
    }
    memset(fp + a, 0, b - a);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(MEMORY_GROW)
{
    UNUSED(a + b);
    cells[0] = mote_memory_grow(agent->memory, cells[0]);
    return MOTE_TRAP_NONE;
}

/* Imported globals, and own ones beyond the reach of a field. a: global index, b: cells of its value. */
HELPER_FUNCTION(GLOBAL_GET)
{
    memcpy(cells, mote_instance_global(agent->instance, a), 4 * (size_t)b);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(GLOBAL_SET)
{
    memcpy(mote_instance_global(agent->instance, a), cells, 4 * (size_t)b);
    return MOTE_TRAP_NONE;
}

#if ENABLED(CONFIG_WASM_BULK_MEMORY)
HELPER_FUNCTION(MEMORY_INIT)
{
    UNUSED(b);
    return mote_memory_init_data(agent->instance, a, cells[0], cells[1], cells[2]);
}

static bool is_interrupted(const struct mote_agent *agent)
{
    return mote_agent_poll(agent) != 0;
}

HELPER_FUNCTION(MEMORY_COPY)
{
    UNUSED(a + b);
    size_t size = cells[2];
    const struct mote_memory *memory = agent->memory;
    if (!mote_memory_has(memory, cells[0], size) || !mote_memory_has(memory, cells[1], size)) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    uint8_t *to = memory->data + cells[0];
    const uint8_t *from = memory->data + cells[1];
    bool is_forward = to <= from;
    for (size_t done = 0; done < size;) {
        size_t piece = size - done < PIECE_BYTES ? size - done : PIECE_BYTES;
        size_t at = is_forward ? done : size - done - piece;
        memmove(to + at, from + at, piece);
        done += piece;
        if (done < size && is_interrupted(agent)) {
            return MOTE_TRAP_INTERRUPTED;
        }
    }
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(MEMORY_FILL)
{
    UNUSED(a + b);
    size_t size = cells[2];
    if (!mote_memory_has(agent->memory, cells[0], size)) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    uint8_t *to = agent->memory->data + cells[0];
    for (size_t done = 0; done < size;) {
        size_t piece = size - done < PIECE_BYTES ? size - done : PIECE_BYTES;
        memset(to + done, (int)(cells[1] & 0xFF), piece);
        done += piece;
        if (done < size && is_interrupted(agent)) {
            return MOTE_TRAP_INTERRUPTED;
        }
    }
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(DATA_DROP)
{
    UNUSED(cells);
    UNUSED(b);
    mote_drop_segment(agent->instance->dropped_datas, a);
    return MOTE_TRAP_NONE;
}

/* a: segment, b: table. */
HELPER_FUNCTION(TABLE_INIT)
{
    return mote_table_init_elems(agent->instance, b, a, cells[0], cells[1], cells[2]);
}

/* a: destination, b: source. */
HELPER_FUNCTION(TABLE_COPY)
{
    uint32_t count = cells[2];
    const struct mote_table *to = agent->instance->tables[a], *from = agent->instance->tables[b];
    if (!mote_table_has(to, cells[0], count) || !mote_table_has(from, cells[1], count)) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    if (count > 0) {
        memmove(to->elements + cells[0], from->elements + cells[1], count * sizeof(void *));
    }
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(ELEM_DROP)
{
    UNUSED(cells);
    UNUSED(b);
    mote_drop_segment(agent->instance->dropped_elems, a);
    return MOTE_TRAP_NONE;
}
#endif

#if ENABLED(CONFIG_WASM_REFERENCE_TYPES)
static void *get_ref(const uint32_t *cells)
{
    void *ref;
    memcpy(&ref, cells, sizeof ref);
    return ref;
}

static void put_ref(uint32_t *cells, void *ref)
{
    memcpy(cells, &ref, sizeof ref);
}

HELPER_FUNCTION(REF_FUNC)
{
    UNUSED(b);
    put_ref(cells, mote_instance_func(agent->instance, a));
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_GET)
{
    UNUSED(b);
    const struct mote_table *table = agent->instance->tables[a];
    if (cells[0] >= table->size) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    put_ref(cells, table->elements[cells[0]]);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_SET)
{
    UNUSED(b);
    struct mote_table *table = agent->instance->tables[a];
    if (cells[0] >= table->size) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    table->elements[cells[0]] = get_ref(cells + 1);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_GROW)
{
    UNUSED(b);
    cells[0] = mote_table_grow(agent->instance->tables[a], cells[MOTE_REF_CELLS], get_ref(cells));
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_SIZE)
{
    UNUSED(b);
    cells[0] = agent->instance->tables[a]->size;
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_FILL)
{
    UNUSED(b);
    uint32_t count = cells[1 + MOTE_REF_CELLS];
    const struct mote_table *table = agent->instance->tables[a];
    if (!mote_table_has(table, cells[0], count)) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    for (uint32_t i = 0; i < count; i++) {
        table->elements[cells[0] + i] = get_ref(cells + 1);
    }
    return MOTE_TRAP_NONE;
}
#endif

const mote_interp_helper mote_interp_helpers[HELPER_COUNT] = {
#define HELPER(name) name,
#include "interp/helpers.def"
#undef HELPER
};

/* Operations that need no speed: growing memory, bulk memory, tables, references (specification, 4.4.2, 4.4.6, 4.4.7). */
#include "interp/interp.h"
#include "runtime/bulk.h"

#define HELPER_FUNCTION(name) \
    static enum mote_trap name(struct mote_agent *agent, uint32_t *cells, uint32_t a, uint32_t b)
#define UNUSED(x) ((void)(x))

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
    cells[0] = mote_memory_grow(agent->context.instance->memories[0], cells[0]);
    return MOTE_TRAP_NONE;
}

/* Imported globals, and own ones beyond the reach of a field. a: global index, b: cells of its value. */
HELPER_FUNCTION(GLOBAL_GET)
{
    memcpy(cells, mote_instance_global(agent->context.instance, a), 4 * (size_t)b);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(GLOBAL_SET)
{
    memcpy(mote_instance_global(agent->context.instance, a), cells, 4 * (size_t)b);
    return MOTE_TRAP_NONE;
}

#if ENABLED(CONFIG_WASM_BULK_MEMORY)
HELPER_FUNCTION(MEMORY_INIT)
{
    UNUSED(b);
    return mote_memory_init_data(agent->context.instance, a, cells[0], cells[1], cells[2]);
}

HELPER_FUNCTION(MEMORY_COPY)
{
    UNUSED(a + b);
    return mote_memory_copy(agent, cells[0], cells[1], cells[2]);
}

HELPER_FUNCTION(MEMORY_FILL)
{
    UNUSED(a + b);
    return mote_memory_fill(agent, cells[0], cells[1], cells[2]);
}

HELPER_FUNCTION(DATA_DROP)
{
    UNUSED(cells);
    UNUSED(b);
    mote_drop_segment(agent->context.instance->dropped_datas, a);
    return MOTE_TRAP_NONE;
}

/* a: segment, b: table. */
HELPER_FUNCTION(TABLE_INIT)
{
    return mote_table_init_elems(agent->context.instance, b, a, cells[0], cells[1], cells[2]);
}

/* a: destination, b: source. */
HELPER_FUNCTION(TABLE_COPY)
{
    struct mote_table *const *tables = agent->context.tables;
    return mote_table_copy(tables[a], tables[b], cells[0], cells[1], cells[2]);
}

HELPER_FUNCTION(ELEM_DROP)
{
    UNUSED(cells);
    UNUSED(b);
    mote_drop_segment(agent->context.instance->dropped_elems, a);
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
    put_ref(cells, mote_instance_func(agent->context.instance, a));
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_GET)
{
    UNUSED(b);
    const struct mote_table *table = agent->context.tables[a];
    if (cells[0] >= table->size) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    put_ref(cells, table->elements[cells[0]]);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_SET)
{
    UNUSED(b);
    struct mote_table *table = agent->context.tables[a];
    if (cells[0] >= table->size) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    table->elements[cells[0]] = get_ref(cells + 1);
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_GROW)
{
    UNUSED(b);
    cells[0] = mote_table_grow(agent->context.tables[a], cells[MOTE_REF_CELLS], get_ref(cells));
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_SIZE)
{
    UNUSED(b);
    cells[0] = agent->context.tables[a]->size;
    return MOTE_TRAP_NONE;
}

HELPER_FUNCTION(TABLE_FILL)
{
    UNUSED(b);
    return mote_table_fill(agent->context.tables[a], cells[0], get_ref(cells + 1), cells[1 + MOTE_REF_CELLS]);
}
#endif

const mote_interp_helper mote_interp_helpers[HELPER_COUNT] = {
#define HELPER(name) name,
#include "interp/helpers.def"
#undef HELPER
};

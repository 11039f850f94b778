/* What native code may call: the operations on memories, tables and references, and the table of all helpers, const, by the numbers of
   tables/native_abi.def. Helpers of features that are off are NULL: code that needs them is refused when it is loaded. */
#include "aot/native_helpers.h"
#include "aot/native_call.h"
#include "aot/native_numeric.h"
#include "runtime/bulk.h"

enum helper {
#define NATIVE_HELPER(name, signature) HELPER_##name,
#define NATIVE_NUMERIC(name) HELPER_##name,
#define NATIVE_TRAPPING(name) HELPER_##name,
#include "tables/native_abi.def"
#undef NATIVE_TRAPPING
#undef NATIVE_NUMERIC
#undef NATIVE_HELPER
    HELPER_COUNT
};

uint32_t mote_native_MEMORY_GROW(struct mote_context *context, uint32_t pages)
{
    return mote_memory_grow(context->instance->memories[0], pages);
}

#if ENABLED(CONFIG_WASM_BULK_MEMORY)
void mote_native_MEMORY_FILL(struct mote_context *context, uint32_t to, uint32_t value, uint32_t size)
{
    mote_native_check_trap(context, mote_memory_fill(mote_native_agent(context), to, value, size));
}

void mote_native_MEMORY_COPY(struct mote_context *context, uint32_t to, uint32_t from, uint32_t size)
{
    mote_native_check_trap(context, mote_memory_copy(mote_native_agent(context), to, from, size));
}

void mote_native_MEMORY_INIT(struct mote_context *context, uint32_t dataidx, uint32_t to, uint32_t from, uint32_t size)
{
    mote_native_check_trap(context, mote_memory_init_data(context->instance, dataidx, to, from, size));
}

void mote_native_DATA_DROP(struct mote_context *context, uint32_t dataidx)
{
    mote_drop_segment(context->instance->dropped_datas, dataidx);
}

void mote_native_TABLE_INIT(struct mote_context *context, uint32_t tableidx, uint32_t elemidx, uint32_t to, uint32_t from,
                            uint32_t count)
{
    mote_native_check_trap(context, mote_table_init_elems(context->instance, tableidx, elemidx, to, from, count));
}

void mote_native_TABLE_COPY(struct mote_context *context, uint32_t to_table, uint32_t from_table, uint32_t to, uint32_t from,
                            uint32_t count)
{
    mote_native_check_trap(context, mote_table_copy(context->tables[to_table], context->tables[from_table], to, from, count));
}

void mote_native_ELEM_DROP(struct mote_context *context, uint32_t elemidx)
{
    mote_drop_segment(context->instance->dropped_elems, elemidx);
}
#endif

#if ENABLED(CONFIG_WASM_REFERENCE_TYPES)
void *mote_native_REF_FUNC(struct mote_context *context, uint32_t funcidx)
{
    return mote_instance_func(context->instance, funcidx);
}

/* The element of a table, checked. */
static void **element_at(struct mote_context *context, uint32_t tableidx, uint32_t index)
{
    struct mote_table *table = context->tables[tableidx];
    mote_native_check_trap(context, index < table->size ? MOTE_TRAP_NONE : MOTE_TRAP_TABLE_OUT_OF_BOUNDS);
    return &table->elements[index];
}

void *mote_native_TABLE_GET(struct mote_context *context, uint32_t tableidx, uint32_t index)
{
    return *element_at(context, tableidx, index);
}

void mote_native_TABLE_SET(struct mote_context *context, uint32_t tableidx, uint32_t index, void *value)
{
    *element_at(context, tableidx, index) = value;
}

uint32_t mote_native_TABLE_SIZE(struct mote_context *context, uint32_t tableidx)
{
    return context->tables[tableidx]->size;
}

uint32_t mote_native_TABLE_GROW(struct mote_context *context, uint32_t tableidx, void *value, uint32_t count)
{
    return mote_table_grow(context->tables[tableidx], count, value);
}

void mote_native_TABLE_FILL(struct mote_context *context, uint32_t tableidx, uint32_t index, void *value, uint32_t count)
{
    mote_native_check_trap(context, mote_table_fill(context->tables[tableidx], index, value, count));
}
#endif

/* Gates: in enter_<architecture>.c. */
#define DIRECT(name)
#define GATED(name) void mote_gate_##name(void);
#include "aot/native_rows.def"
#undef GATED
#undef DIRECT

void (*const mote_native_helpers[HELPER_COUNT])(void) = {
#define DIRECT(name) [HELPER_##name] = (void (*)(void))mote_native_##name,
#define GATED(name) [HELPER_##name] = mote_gate_##name,
#define UNARY(name, in, out, expr) DIRECT(name)
#define BINARY(name, in, out, expr) DIRECT(name)
#define SINGLE(name, function) DIRECT(name)
#define SINGLES(name, function) DIRECT(name)
#define SATURATION(name, in, kind) DIRECT(name)
#define TRUNCATION(name, in, kind)
#include "aot/native_numeric.def"
#include "aot/native_rows.def"
#undef TRUNCATION
#undef SATURATION
#undef SINGLES
#undef SINGLE
#undef BINARY
#undef UNARY
#undef GATED
#undef DIRECT
};

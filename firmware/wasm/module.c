/* Value types, function types and the end of a decoded module; see module.h. */
#include "wasm/module.h"
#include "base/bits.h"

const char *mote_valtype_text(enum mote_valtype type)
{
    switch (type) {
#define VALTYPE(name, byte, text, letter, cells) \
    case MOTE_##name:                            \
        return text;
#include "tables/valtypes.def"
#undef VALTYPE
    }
    return "?";
}

unsigned mote_valtype_cells(uint8_t valtype)
{
    switch (valtype) {
#define VALTYPE(name, byte, text, letter, cells) \
    case MOTE_##name:                            \
        return cells;
#include "tables/valtypes.def"
#undef VALTYPE
    default:
        return 0;
    }
}

bool mote_is_reftype(uint8_t valtype)
{
    return valtype == MOTE_FUNCREF || valtype == MOTE_EXTERNREF;
}

bool mote_functype_equal(const struct mote_module *a, const struct mote_functype *a_type, const struct mote_module *b,
                         const struct mote_functype *b_type)
{
    if (a == b) {
        return a_type->canonical == b_type->canonical;
    }
    return a_type->param_count == b_type->param_count && a_type->result_count == b_type->result_count &&
           memcmp(a->bytes + a_type->params, b->bytes + b_type->params, a_type->param_count) == 0 &&
           memcmp(a->bytes + a_type->results, b->bytes + b_type->results, a_type->result_count) == 0;
}

const uint8_t mote_vector_sizes[VECTOR_COUNT] = {
    [VECTOR_FUNCS] = sizeof(struct mote_func_decl),     [VECTOR_TABLES] = sizeof(struct mote_table_type),
    [VECTOR_MEMORIES] = sizeof(struct mote_memory_type), [VECTOR_GLOBALS] = sizeof(struct mote_global_decl),
    [VECTOR_TYPES] = sizeof(struct mote_functype),      [VECTOR_IMPORTS] = sizeof(struct mote_import),
    [VECTOR_EXPORTS] = sizeof(struct mote_export),      [VECTOR_ELEMS] = sizeof(struct mote_elem),
    [VECTOR_DATAS] = sizeof(struct mote_data),
};

void mote_module_deinit(struct mote_module *module)
{
    struct mote_heap *heap = module->heap;
    mote_heap_free(heap, MOTE_HEAP_MODULE, module->declared_refs, (module->func_count + 7) / 8);
    for (unsigned i = 0; i < VECTOR_COUNT && !module->is_prepared; i++) {
        mote_heap_free(heap, MOTE_HEAP_MODULE, module->vectors[i], module->counts[i] * (size_t)mote_vector_sizes[i]);
    }
}

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

static void free_array(struct mote_module *module, void *array, uint32_t count, size_t size)
{
    mote_heap_free(module->heap, MOTE_HEAP_MODULE, array, count * size);
}

void mote_module_deinit(struct mote_module *module)
{
    free_array(module, module->types, module->type_count, sizeof *module->types);
    free_array(module, module->funcs, module->func_count, sizeof *module->funcs);
    free_array(module, module->tables, module->table_count, sizeof *module->tables);
    free_array(module, module->memories, module->memory_count, sizeof *module->memories);
    free_array(module, module->globals, module->global_count, sizeof *module->globals);
    free_array(module, module->imports, module->import_count, sizeof *module->imports);
    free_array(module, module->exports, module->export_count, sizeof *module->exports);
    free_array(module, module->elems, module->elem_count, sizeof *module->elems);
    free_array(module, module->datas, module->data_count, sizeof *module->datas);
    free_array(module, module->declared_refs, (module->func_count + 7) / 8, 1);
    mote_heap_free(module->heap, MOTE_HEAP_CODE, module->code, module->code_capacity * sizeof *module->code);
}

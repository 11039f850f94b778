/* What a module shows to others: function types, imports and exports (specification, 5.5.4, 5.5.5, 5.5.10). */
#include "base/bits.h"
#include "wasm/decode.h"
#include "wasm/index_set.h"

/* A vector of value types: its offset, count and cells. */
static uint32_t decode_result_type(struct mote_reader *reader, uint16_t *count, uint16_t *cells)
{
    uint32_t at = reader->at;
    uint32_t number = mote_read_count(reader);
    uint32_t total = 0;
    if (number > MOTE_PARAMS_MAX) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_LIMIT, "more than 1000 parameters or results");
        return 0;
    }
    uint32_t first = reader->at;
    for (uint32_t i = 0; i < number && !reader->failed; i++) {
        total += mote_valtype_cells(mote_decode_valtype(reader));
    }
    *count = (uint16_t)number;
    *cells = (uint16_t)total;
    return first;
}

static void decode_functype(struct mote_decoder *decoder, void *element)
{
    struct mote_functype *type = element;
    struct mote_reader *reader = &decoder->reader;
    uint32_t at = reader->at;
    uint8_t form = mote_read_u8(reader);
    if (form != 0x60) {
        mote_reader_fail_at(reader, at, form >= 0x4E && form < 0x60 ? MOTE_ERROR_BAD_TYPE_FORM : MOTE_ERROR_LEB_TOO_LONG,
                            form >= 0x4E && form < 0x60 ? "it needs gc" : NULL);
        return;
    }
    type->params = decode_result_type(reader, &type->param_count, &type->param_cells);
    at = reader->at;
    type->results = decode_result_type(reader, &type->result_count, &type->result_cells);
    if (type->result_count > 1) {
        mote_feature_require(reader, at, FEATURE_MULTI_VALUE);
    }
}

static bool is_same_type(const void *context, uint32_t a, uint32_t b)
{
    const struct mote_module *module = context;
    const struct mote_functype *x = &module->types[a], *y = &module->types[b];
    return x->param_count == y->param_count && x->result_count == y->result_count &&
           memcmp(module->bytes + x->params, module->bytes + y->params, x->param_count) == 0 &&
           memcmp(module->bytes + x->results, module->bytes + y->results, x->result_count) == 0;
}

/* Gives equal types the same canonical index, so that comparing types is comparing numbers. */
static void canonicalize_types(struct mote_decoder *decoder)
{
    struct mote_module *module = decoder->module;
    struct mote_index_set set;
    if (!mote_index_set_init(&set, module->heap, module->type_count, is_same_type, module)) {
        mote_reader_fail(&decoder->reader, MOTE_ERROR_NO_MEMORY, NULL);
        return;
    }
    for (uint32_t i = 0; i < module->type_count; i++) {
        struct mote_functype *type = &module->types[i];
        uint32_t hash = mote_hash(MOTE_HASH_START + type->param_count, module->bytes + type->params, type->param_count);
        hash = mote_hash(hash, module->bytes + type->results, type->result_count);
        type->canonical = mote_index_set_add(&set, i, hash);
    }
    mote_index_set_deinit(&set, module->heap);
}

void mote_decode_type_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_TYPES, decode_functype);
    if (!decoder->reader.failed) {
        canonicalize_types(decoder);
    }
}

static void decode_import(struct mote_decoder *decoder, void *element)
{
    static void (*const decode_kind[EXTERN_KINDS])(struct mote_decoder *, void *) = {
        mote_decode_func, mote_decode_table_type, mote_decode_memory_type, mote_decode_global_type};
    struct mote_import *import = element;
    struct mote_reader *reader = &decoder->reader;
    import->module.length = mote_read_name(reader, &import->module.at);
    import->name.length = mote_read_name(reader, &import->name.at);
    uint32_t at = reader->at;
    import->kind = mote_read_u8(reader);
    if (import->kind >= EXTERN_KINDS) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_IMPORT_KIND, NULL);
        return;
    }
    at = reader->at;
    import->index = decoder->module->imported[import->kind]++;
    void *imported = mote_decode_extend(decoder, (enum mote_vector)import->kind, 1);
    if (!imported) {
        return;
    }
    decode_kind[import->kind](decoder, imported);
    mote_check_multiple(decoder, at);
    if (import->kind == EXTERN_GLOBAL && ((struct mote_global_decl *)imported)->is_mutable) {
        mote_feature_require(reader, at, FEATURE_MUTABLE_GLOBALS);
    }
}

void mote_decode_import_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_IMPORTS, decode_import);
}

static void decode_export(struct mote_decoder *decoder, void *element)
{
    static const uint8_t unknown[EXTERN_KINDS] = {MOTE_ERROR_UNKNOWN_FUNCTION, MOTE_ERROR_UNKNOWN_TABLE,
                                                          MOTE_ERROR_UNKNOWN_MEMORY, MOTE_ERROR_UNKNOWN_GLOBAL};
    struct mote_export *export = element;
    struct mote_module *module = decoder->module;
    struct mote_reader *reader = &decoder->reader;
    export->name.length = mote_read_name(reader, &export->name.at);
    uint32_t at = reader->at;
    export->kind = mote_read_u8(reader);
    if (export->kind >= EXTERN_KINDS) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_EXPORT_KIND, NULL);
        return;
    }
    at = reader->at;
    if (!mote_read_index(reader, &export->index, module->counts[export->kind], unknown[export->kind], at)) {
        return;
    }
    if (export->kind == EXTERN_GLOBAL && module->globals[export->index].is_mutable) {
        mote_feature_require(reader, at, FEATURE_MUTABLE_GLOBALS);
    }
    if (export->kind == EXTERN_FUNC) {
        mote_declare_ref(decoder, export->index);
    }
}

static bool is_same_name(const void *context, uint32_t a, uint32_t b)
{
    const struct mote_module *module = context;
    struct mote_name x = module->exports[a].name, y = module->exports[b].name;
    return x.length == y.length && memcmp(module->bytes + x.at, module->bytes + y.at, x.length) == 0;
}

static void check_export_names(struct mote_decoder *decoder)
{
    struct mote_module *module = decoder->module;
    struct mote_index_set set;
    if (!mote_index_set_init(&set, module->heap, module->export_count, is_same_name, module)) {
        mote_reader_fail(&decoder->reader, MOTE_ERROR_NO_MEMORY, NULL);
        return;
    }
    for (uint32_t i = 0; i < module->export_count && !decoder->reader.failed; i++) {
        struct mote_name name = module->exports[i].name;
        if (mote_index_set_add(&set, i, mote_hash(MOTE_HASH_START, module->bytes + name.at, name.length)) != i) {
            mote_reader_fail_at(&decoder->reader, name.at, MOTE_ERROR_DUPLICATE_EXPORT, NULL);
        }
    }
    mote_index_set_deinit(&set, module->heap);
}

void mote_decode_export_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_EXPORTS, decode_export);
    if (ENABLED(CONFIG_WASM_VALIDATE) && !decoder->reader.failed) {
        check_export_names(decoder);
    }
}

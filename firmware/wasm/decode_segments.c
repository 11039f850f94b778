/* Element and data segments, the code section's frame (specification, 5.5.12 to 5.5.14). */
#include "base/bits.h"
#include "wasm/decode.h"

void mote_declare_ref(struct mote_decoder *decoder, uint32_t funcidx)
{
    struct mote_module *module = decoder->module;
    if (!ENABLED(CONFIG_WASM_REFERENCE_TYPES) || !ENABLED(CONFIG_WASM_VALIDATE)) {
        return;
    }
    if (!module->declared_refs) {
        module->declared_refs = mote_heap_new(module->heap, MOTE_HEAP_MODULE, (module->func_count + 7) / 8);
    }
    if (!module->declared_refs) {
        mote_reader_fail(&decoder->reader, MOTE_ERROR_NO_MEMORY, NULL);
        return;
    }
    module->declared_refs[funcidx / 8] |= (uint8_t)(1 << funcidx % 8);
}

void mote_decode_declared_ref(struct mote_decoder *decoder, uint32_t at)
{
    uint32_t funcidx;
    if (mote_read_index(&decoder->reader, &funcidx, decoder->module->func_count, MOTE_ERROR_UNKNOWN_FUNCTION, at)) {
        mote_declare_ref(decoder, funcidx);
    }
}

/* An element segment's eight forms (5.5.12) are three flags: bit 0 not active, bit 1 explicit table or declarative,
   bit 2 expressions instead of function indices. */
enum { ELEM_NOT_ACTIVE = 1, ELEM_EXPLICIT = 2, ELEM_EXPRS = 4 };

static void decode_elem_items(struct mote_decoder *decoder, struct mote_elem *elem)
{
    struct mote_reader *reader = &decoder->reader;
    elem->count = mote_read_count(reader);
    elem->at = reader->at;
    for (uint32_t i = 0; i < elem->count && !reader->failed; i++) {
        if (elem->is_exprs) {
            mote_decode_const_expr(decoder, elem->reftype);
        } else {
            mote_decode_declared_ref(decoder, reader->at);
        }
    }
}

static void decode_elem_kind(struct mote_decoder *decoder, struct mote_elem *elem, uint32_t flags)
{
    struct mote_reader *reader = &decoder->reader;
    elem->reftype = MOTE_FUNCREF;
    if ((flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT)) == 0) {
        return;
    }
    if (elem->is_exprs) {
        elem->reftype = mote_decode_reftype(reader);
        return;
    }
    uint32_t at = reader->at;
    if (mote_read_u8(reader) != 0) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_SEGMENT_KIND, NULL);
    }
}

static void decode_elem(struct mote_decoder *decoder, void *element)
{
    struct mote_elem *elem = element;
    struct mote_module *module = decoder->module;
    struct mote_reader *reader = &decoder->reader;
    uint32_t at = reader->at;
    uint32_t flags = mote_read_u32_leb(reader);
    if (flags > 7) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_SEGMENT_KIND, NULL);
        return;
    }
    if (flags != 0 && !mote_feature_require(reader, at, FEATURE_BULK_MEMORY)) {
        return;
    }
    elem->is_exprs = flags & ELEM_EXPRS;
    elem->mode = !(flags & ELEM_NOT_ACTIVE) ? SEGMENT_ACTIVE : flags & ELEM_EXPLICIT ? SEGMENT_DECLARATIVE : SEGMENT_PASSIVE;
    if (elem->mode == SEGMENT_ACTIVE) {
        elem->table = flags & ELEM_EXPLICIT ? mote_read_u32_leb(reader) : 0;
        if (elem->table >= module->table_count) {
            mote_reader_fail_index(reader, at, MOTE_ERROR_UNKNOWN_TABLE, elem->table);
            return;
        }
        elem->offset = mote_decode_const_expr(decoder, MOTE_I32);
    }
    decode_elem_kind(decoder, elem, flags);
    if (elem->mode == SEGMENT_ACTIVE && !reader->failed && elem->reftype != module->tables[elem->table].reftype) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_TYPE_MISMATCH, "the table has another element type");
        return;
    }
    decode_elem_items(decoder, elem);
}

void mote_decode_element_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_ELEMS, decode_elem);
}

static void decode_data(struct mote_decoder *decoder, void *element)
{
    struct mote_data *data = element;
    struct mote_reader *reader = &decoder->reader;
    uint32_t at = reader->at;
    uint32_t flags = mote_read_u32_leb(reader);
    if (flags > 2) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_SEGMENT_KIND, NULL);
        return;
    }
    if (flags != 0 && !mote_feature_require(reader, at, FEATURE_BULK_MEMORY)) {
        return;
    }
    data->mode = flags == 1 ? SEGMENT_PASSIVE : SEGMENT_ACTIVE;
    if (data->mode == SEGMENT_ACTIVE) {
        uint32_t memidx = flags == 2 ? mote_read_u32_leb(reader) : 0;
        if (memidx >= decoder->module->memory_count) {
            mote_reader_fail_index(reader, at, MOTE_ERROR_UNKNOWN_MEMORY, memidx);
            return;
        }
        data->offset = mote_decode_const_expr(decoder, MOTE_I32);
    }
    data->size = mote_read_u32_leb(reader);
    data->at = mote_read_span(reader, data->size);
}

void mote_decode_data_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_DATAS, decode_data);
    decoder->datas = decoder->module->data_count;
}

void mote_decode_code_section(struct mote_decoder *decoder)
{
    struct mote_module *module = decoder->module;
    struct mote_reader *reader = &decoder->reader;
    uint32_t first = module->imported[EXTERN_FUNC];
    uint32_t count = mote_read_count(reader);
    decoder->bodies = count;
    if (!reader->failed && count != module->func_count - first) {
        reader->at = decoder->section_end; /* reported when all sections have been seen */
        return;
    }
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        struct mote_func_decl *func = &module->funcs[first + i];
        func->body_size = mote_read_u32_leb(reader);
        func->body = mote_read_span(reader, func->body_size);
        module->body_bytes += func->body_size;
    }
}

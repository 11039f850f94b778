/* The frame of a module: magic, version, the sections in their order and the simple ones among them (specification, 5.5). */
#include "wasm/decode.h"
#include "base/bits.h"

uint8_t mote_decode_valtype(struct mote_reader *reader)
{
    uint32_t at = reader->at;
    uint8_t type = mote_read_u8(reader);
    if (reader->failed) {
        return MOTE_I32;
    }
    if (mote_valtype_cells(type) == 0) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_VALTYPE, type == 0x7B ? "v128 needs simd" : NULL);
        return MOTE_I32;
    }
    if (type == MOTE_F32 || type == MOTE_F64) {
        mote_feature_require(reader, at, FEATURE_FLOATING_POINT);
    } else if (mote_is_reftype(type)) {
        mote_feature_require(reader, at, FEATURE_REFERENCE_TYPES);
    }
    return type;
}

uint8_t mote_decode_reftype(struct mote_reader *reader)
{
    uint32_t at = reader->at;
    uint8_t type = mote_read_u8(reader);
    if (!mote_is_reftype(type)) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_REFTYPE, NULL);
        return MOTE_FUNCREF;
    }
    if (type == MOTE_EXTERNREF) {
        mote_feature_require(reader, at, FEATURE_REFERENCE_TYPES);
    }
    return type;
}

void *mote_decode_extend(struct mote_decoder *decoder, enum mote_vector vector, uint32_t extra)
{
    struct mote_module *module = decoder->module;
    uint32_t old = module->counts[vector];
    size_t size = mote_vector_sizes[vector];
    uint8_t *moved = NULL;
    if (extra < UINT32_MAX - old && old + extra <= SIZE_MAX / size) {
        moved = mote_heap_resize(module->heap, MOTE_HEAP_MODULE, module->vectors[vector], old * size, (old + extra) * size);
    }
    if (!moved) {
        mote_reader_fail(&decoder->reader, MOTE_ERROR_NO_MEMORY, NULL);
        return NULL;
    }
    module->vectors[vector] = moved;
    module->counts[vector] = old + extra;
    return memset(moved + old * size, 0, extra * size);
}

void mote_decode_vector(struct mote_decoder *decoder, enum mote_vector vector,
                        void (*decode)(struct mote_decoder *decoder, void *element))
{
    uint32_t count = mote_read_count(&decoder->reader);
    uint8_t *element = count ? mote_decode_extend(decoder, vector, count) : NULL;
    for (; count > 0 && !decoder->reader.failed; count--) {
        decode(decoder, element);
        element += mote_vector_sizes[vector];
    }
}

/* Limits (5.3.7), all checked: an upper bound of `bound` on both numbers. */
static void decode_limits(struct mote_reader *reader, struct mote_limits *limits, uint32_t bound, enum mote_error above)
{
    uint32_t at = reader->at;
    uint8_t flags = mote_read_u8(reader);
    if (flags > 1) {
        enum mote_error error = flags & 0x80 ? MOTE_ERROR_LEB_TOO_LONG : MOTE_ERROR_LEB_TOO_LARGE;
        mote_reader_fail_at(reader, at, error, "malformed limits flags");
    }
    at = reader->at;
    limits->has_max = flags & 1;
    limits->min = mote_read_u32_leb(reader);
    limits->max = limits->has_max ? mote_read_u32_leb(reader) : UINT32_MAX;
    if (limits->min > bound || (limits->has_max && limits->max > bound)) {
        mote_reader_fail_at(reader, at, above, NULL);
    }
    if (limits->min > limits->max) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_LIMITS_ORDER, NULL);
    }
}

void mote_decode_func(struct mote_decoder *decoder, void *element)
{
    struct mote_func_decl *func = element;
    uint32_t at = decoder->reader.at;
    if (mote_read_index(&decoder->reader, &func->typeidx, decoder->module->type_count, MOTE_ERROR_UNKNOWN_TYPE, at)) {
        func->typeidx = decoder->module->types[func->typeidx].canonical;
    }
}

void mote_decode_table_type(struct mote_decoder *decoder, void *element)
{
    struct mote_table_type *type = element;
    type->reftype = mote_decode_reftype(&decoder->reader);
    decode_limits(&decoder->reader, &type->limits, UINT32_MAX, MOTE_ERROR_LIMIT);
}

void mote_decode_memory_type(struct mote_decoder *decoder, void *element)
{
    struct mote_memory_type *type = element;
    decode_limits(&decoder->reader, &type->limits, 65536, MOTE_ERROR_MEMORY_SIZE);
}

void mote_decode_global_type(struct mote_decoder *decoder, void *element)
{
    struct mote_global_decl *global = element;
    struct mote_reader *reader = &decoder->reader;
    global->valtype = mote_decode_valtype(reader);
    uint32_t at = reader->at;
    uint8_t mutability = mote_read_u8(reader);
    if (mutability > 1) {
        mote_reader_fail_at(reader, at, MOTE_ERROR_BAD_MUTABILITY, NULL);
    }
    global->is_mutable = mutability == 1;
}

void mote_check_multiple(struct mote_decoder *decoder, uint32_t at)
{
    if (decoder->module->table_count > 1 && !mote_feature_enabled(FEATURE_REFERENCE_TYPES)) {
        mote_reader_fail_at(&decoder->reader, at, MOTE_ERROR_MULTIPLE_TABLES, "they need reference-types");
    }
    if (decoder->module->memory_count > 1) {
        mote_reader_fail_at(&decoder->reader, at, MOTE_ERROR_MULTIPLE_MEMORIES, NULL);
    }
}

static void decode_function_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_FUNCS, mote_decode_func);
}

static void decode_table_section(struct mote_decoder *decoder)
{
    uint32_t at = decoder->reader.at;
    mote_decode_vector(decoder, VECTOR_TABLES, mote_decode_table_type);
    mote_check_multiple(decoder, at);
}

static void decode_memory_section(struct mote_decoder *decoder)
{
    uint32_t at = decoder->reader.at;
    mote_decode_vector(decoder, VECTOR_MEMORIES, mote_decode_memory_type);
    mote_check_multiple(decoder, at);
}

static void decode_global(struct mote_decoder *decoder, void *element)
{
    struct mote_global_decl *global = element;
    mote_decode_global_type(decoder, global);
    global->init = mote_decode_const_expr(decoder, global->valtype);
}

static void decode_global_section(struct mote_decoder *decoder)
{
    mote_decode_vector(decoder, VECTOR_GLOBALS, decode_global);
}

static void decode_start_section(struct mote_decoder *decoder)
{
    struct mote_module *module = decoder->module;
    uint32_t at = decoder->reader.at;
    uint32_t funcidx;
    if (!mote_read_index(&decoder->reader, &funcidx, module->func_count, MOTE_ERROR_UNKNOWN_FUNCTION, at)) {
        return;
    }
    const struct mote_functype *type = mote_module_functype(module, funcidx);
    if (type->param_count != 0 || type->result_count != 0) {
        mote_reader_fail_at(&decoder->reader, at, MOTE_ERROR_START_FUNCTION, NULL);
        return;
    }
    module->start = funcidx;
}

static void decode_data_count_section(struct mote_decoder *decoder)
{
    if (mote_feature_require(&decoder->reader, decoder->reader.at, FEATURE_BULK_MEMORY)) {
        decoder->module->data_count_declared = mote_read_u32_leb(&decoder->reader);
        if (decoder->module->data_count_declared > decoder->module->size) {
            mote_reader_fail(&decoder->reader, MOTE_ERROR_DATA_COUNT_LENGTH, NULL);
        }
    }
}

/* Where the flags of a native section are, from its header on, and the one that matters to whoever interprets (docs/formats/native.md). */
struct native_header {
#define NATIVE_VERSION(major, minor)
#define NATIVE_FIELD(structure, member, at32, at64)
#define NATIVE_SIZE(structure, bytes32, bytes64)
#define NATIVE_HEADER(member, bytes) uint8_t member[bytes];
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
};
#define FLAG_STRIPPED 8

/* A native section, from its padding on. A module whose functions have been left out must not be interpreted. */
static void note_native(struct mote_module *module, uint32_t at, uint32_t end)
{
    uint32_t before_flags = 1 + (at < end ? module->bytes[at] : 0) + (uint32_t)offsetof(struct native_header, flags);
    if (end - at >= before_flags + 4 && (module->bytes[at + before_flags] & FLAG_STRIPPED)) {
        module->is_stripped = true;
    }
}

static void decode_custom_section(struct mote_decoder *decoder)
{
    struct mote_reader *reader = &decoder->reader;
    uint32_t at;
    uint32_t length = mote_read_name(reader, &at);
    if (!reader->failed && reader->at > decoder->section_end) {
        mote_reader_fail(reader, MOTE_ERROR_UNEXPECTED_END, "the section is too short for its name");
    }
    if (reader->failed) {
        return;
    }
    if (ENABLED(CONFIG_WASM_NAMES) && length == 4 && memcmp(reader->bytes + at, "name", 4) == 0) {
        decoder->module->names = (struct mote_name){reader->at, decoder->section_end - reader->at};
    }
    if (ENABLED(CONFIG_ENGINE_INTERP) && length == 11 && memcmp(reader->bytes + at, "mote.native", 11) == 0) {
        note_native(decoder->module, reader->at, decoder->section_end);
    }
    reader->at = decoder->section_end;
}

/* By section id: its rank among the others and who decodes it. */
static const struct {
    uint8_t rank;
    void (*decode)(struct mote_decoder *decoder);
} sections[] = {
#define DECODE_CUSTOM decode_custom_section
#define DECODE_TYPE mote_decode_type_section
#define DECODE_IMPORT mote_decode_import_section
#define DECODE_FUNCTION decode_function_section
#define DECODE_TABLE decode_table_section
#define DECODE_MEMORY decode_memory_section
#define DECODE_GLOBAL decode_global_section
#define DECODE_EXPORT mote_decode_export_section
#define DECODE_START decode_start_section
#define DECODE_ELEMENT mote_decode_element_section
#define DECODE_CODE mote_decode_code_section
#define DECODE_DATA mote_decode_data_section
#define DECODE_DATACOUNT decode_data_count_section
#define SECTION(name, id, rank, text) [id] = {rank, DECODE_##name},
#include "tables/sections.def"
#undef SECTION
};

/* One section; `*rank` is that of the last one before it that is not a custom section. */
static void decode_section(struct mote_decoder *decoder, struct mote_reader *file, uint8_t *rank)
{
    uint32_t at = file->at;
    uint8_t id = mote_read_u8(file);
    if (id >= MOTE_COUNT(sections)) {
        mote_reader_fail_at(file, at, MOTE_ERROR_BAD_SECTION_ID, NULL);
        return;
    }
    uint32_t size = mote_read_u32_leb(file);
    uint32_t start = file->at;
    if (size > mote_reader_left(file)) {
        mote_reader_fail(file, MOTE_ERROR_LENGTH_OUT_OF_BOUNDS, "the section is longer than the file");
    }
    file->at += file->failed ? 0 : size;
    if (file->failed) {
        return;
    }
    if (sections[id].rank != 0 && sections[id].rank <= *rank) {
        mote_reader_fail_at(file, at, MOTE_ERROR_UNEXPECTED_CONTENT, "section out of order");
        return;
    }
    *rank = sections[id].rank ? sections[id].rank : *rank;
    /* What a section says of itself is read as far as the file goes and its end is looked at afterwards: an error is that of the
       contents where they have one. */
    decoder->reader = mote_reader_over(file->bytes, start, file->end, file->diag);
    decoder->reader.end_error = MOTE_ERROR_UNEXPECTED_END_SECTION;
    decoder->section_end = start + size;
    sections[id].decode(decoder);
    if (!decoder->reader.failed && decoder->reader.at != decoder->section_end) {
        mote_reader_fail(&decoder->reader, MOTE_ERROR_SECTION_SIZE, NULL);
    }
    if (decoder->reader.failed) {
        mote_reader_fail_at(file, start, file->diag->error, NULL);
    }
}

/* What can only be said when all sections have been seen. */
static void check_counts(struct mote_decoder *decoder, struct mote_reader *file)
{
    struct mote_module *module = decoder->module;
    if (decoder->bodies != module->func_count - module->imported[EXTERN_FUNC]) {
        mote_reader_fail(file, MOTE_ERROR_FUNCTION_CODE_LENGTH, NULL);
    }
    if (module->data_count_declared != UINT32_MAX && decoder->datas != module->data_count_declared) {
        mote_reader_fail(file, MOTE_ERROR_DATA_COUNT_LENGTH, NULL);
    }
}

bool mote_module_decode(struct mote_module *module, struct mote_diag *diag)
{
    struct mote_decoder decoder = {.module = module};
    struct mote_reader file = mote_reader_over(module->bytes, 0, module->size, diag);
    module->start = UINT32_MAX;
    module->data_count_declared = UINT32_MAX;
    uint32_t magic = mote_read_u32_raw(&file);
    if (!file.failed && magic != 0x6D736100) {
        mote_reader_fail_at(&file, 0, MOTE_ERROR_BAD_MAGIC, NULL);
    }
    uint32_t version = mote_read_u32_raw(&file);
    if (!file.failed && version != 1) {
        mote_reader_fail_at(&file, 4, MOTE_ERROR_BAD_VERSION, NULL);
    }
    uint8_t rank = 0;
    while (!file.failed && file.at < file.end) {
        decode_section(&decoder, &file, &rank);
    }
    check_counts(&decoder, &file);
    return !file.failed;
}

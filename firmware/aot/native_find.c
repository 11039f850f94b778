/* Finds the native section that is the best for this CPU among those of a module (docs/formats/native.md). */
#include "aot/native_section.h"
#include "base/bits.h"
#include "base/reader.h"

/* The names end with a zero byte: has_target has seen to that. */
void mote_native_say_name(struct mote_text *text, const struct mote_native_header *header, uint32_t index)
{
    const char *name = mote_native_part(header, header->names_at);
    const char *end = name + header->names_size;
    for (; index > 0 && name < end; index--) {
        name += mote_string_length(name) + 1;
    }
    name = name < end ? name : "?";
    mote_text_bytes(text, (const uint8_t *)name, (uint32_t)mote_string_length(name), 20);
}

/* Whether there is enough of a header to know for which target it is. */
static bool has_target(const struct mote_native_header *header, uint32_t size)
{
    return size >= sizeof *header && ((uintptr_t)header & 3) == 0 && header->magic == 0x74616E6D && header->names_size > 0 &&
           header->names_at >= sizeof *header && header->names_at < size && header->names_size <= size - header->names_at &&
           *(const char *)mote_native_part(header, header->names_at + header->names_size - 1) == '\0';
}

/* The rank of a target among those whose code runs here, the best first; NATIVE_NONE for a foreign one. */
static uint32_t rank_of(const struct mote_native_header *header)
{
    const char *target = mote_native_part(header, header->names_at);
    uint32_t rank = 0;
#define NATIVE_TARGET(name, runs)                                                                 \
    if ((runs) && header->names_size >= sizeof name && memcmp(target, name, sizeof name) == 0) { \
        return rank;                                                                              \
    }                                                                                             \
    rank++;
#include "tables/native_targets.def"
#undef NATIVE_TARGET
    return NATIVE_NONE;
}

/* What one goes through the sections of a module for. */
struct search {
    struct mote_native_section best; /* header NULL: none yet */
    uint32_t rank;                   /* of the best one's target */
    uint32_t odd_at; /* where the first section lies that cannot be read or is for another CPU, 0: there is none */
    const struct mote_native_header *foreign; /* the second case */
};

static void consider(struct search *search, const struct mote_native_header *header, uint32_t size, uint32_t at)
{
    bool is_readable = has_target(header, size);
    uint32_t rank = is_readable ? rank_of(header) : NATIVE_NONE;
    if (rank < search->rank) {
        search->best.header = header;
        search->best.size = size;
        search->rank = rank;
    } else if (rank == NATIVE_NONE && search->odd_at == 0) {
        search->foreign = is_readable ? header : NULL;
        search->odd_at = at;
    }
}

/* The contents of a custom section: ours when it has our name; then padding, then the header. */
static void look_at_custom(struct search *search, const uint8_t *contents, uint32_t left, uint32_t at)
{
    static const char name[] = "\x0Bmote.native";
    if (left < sizeof name - 1 || memcmp(contents, name, sizeof name - 1) != 0) {
        return;
    }
    uint32_t before = sizeof name + (left < sizeof name ? 0 : contents[sizeof name - 1]); /* name, number of zeros, zeros */
    uint32_t size = before < left ? left - before : 0;
    consider(search, mote_native_part((const void *)contents, left - size), size, at);
}

static void search_sections(struct search *search, const struct mote_module *module)
{
    struct mote_diag unwanted = {.error = MOTE_ERROR_NONE};
    struct mote_reader file = mote_reader_over(module->bytes, 8, module->size, &unwanted);
    while (file.at < file.end) {
        uint8_t id = mote_read_u8(&file);
        uint32_t size = mote_read_u32_leb(&file);
        if (id == 0) {
            look_at_custom(search, file.bytes + file.at, size, file.at);
        } else if (id == 10) {
            search->best.code_at = file.at;
            search->best.code_size = size;
        }
        file.at += size;
    }
}

static void say_odd(const struct search *search, struct mote_text *why)
{
    if (search->foreign) {
        mote_text_string(why, "native section is for ");
        mote_native_say_name(why, search->foreign, 0);
        mote_text_string(why, ", not for this CPU");
    } else if (search->odd_at) {
        mote_text_string(why, "native section at offset ");
        mote_text_decimal(why, search->odd_at);
        mote_text_string(why, ": truncated, corrupted, or not at a multiple of 4 in memory");
    }
}

const struct mote_native_header *mote_native_find(const struct mote_module *module, struct mote_diag *diag)
{
    struct search search = {.rank = NATIVE_NONE, .best.module = module};
    search.best.why = mote_text_begin(diag->message, sizeof diag->message);
    search_sections(&search, module);
    if (!search.best.header) {
        say_odd(&search, &search.best.why);
        return NULL;
    }
    if (!mote_native_check(&search.best)) {
        return NULL;
    }
    diag->message[0] = '\0';
    return search.best.header;
}

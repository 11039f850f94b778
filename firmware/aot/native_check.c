/* Whether a native section may be used: refuses, in one line, whatever is stale, truncated, corrupted or foreign
   (docs/formats/native.md). Nothing in it is believed before it has been checked; nothing is copied. */
#include "aot/native_hash.h"
#include "aot/native_section.h"
#include "runtime/runtime.h"

enum { ABI_MAJOR, ABI_MINOR };
static const uint16_t abi[] = {
#define NATIVE_VERSION(major, minor) major, minor
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes)
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
};

static const uint8_t features_available[] = {
#define NATIVE_FEATURE(name, text, available) (available) ? 1 : 0,
#include "tables/native_features.def"
#undef NATIVE_FEATURE
};

static void say(struct mote_native_section *section, const char *text)
{
    mote_text_string(&section->why, text);
}

static void say_number(struct mote_native_section *section, const char *text, uint32_t number)
{
    say(section, text);
    mote_text_decimal(&section->why, number);
}

/* A part of the section must begin at a multiple of 4 behind what came before (`*end`), and end inside. */
static bool take_part(const struct mote_native_section *section, uint32_t at, uint64_t size, uint32_t *end)
{
    bool is_inside = at >= *end && at <= section->size && size <= section->size - at && at % 4 == 0;
    *end = is_inside ? at + (uint32_t)size : *end;
    return is_inside;
}

static bool parts_fit(const struct mote_native_section *section)
{
    const struct mote_native_header *header = section->header;
    uint32_t end = sizeof *header;
    return take_part(section, header->names_at, header->names_size, &end) &&
           take_part(section, header->codes_at, (uint64_t)header->code_count * 4, &end) &&
           take_part(section, header->entries_at, (uint64_t)header->type_count * 4, &end) &&
           (header->frames_at == 0 || take_part(section, header->frames_at, (uint64_t)header->code_count * 4, &end)) &&
           (header->lines_at == 0 || take_part(section, header->lines_at, header->lines_size, &end)) &&
           take_part(section, header->image_at, header->image_size, &end);
}

static uint32_t hash_of_header(const struct mote_native_header *header)
{
    uint32_t before = offsetof(struct mote_native_header, header_hash), after = before + 4;
    uint32_t hash = mote_native_hash_bytes(header->image_at, (const uint8_t *)header, before);
    hash = mote_native_hash_word(hash, 0);
    return mote_native_hash_bytes(hash, mote_native_part(header, after), header->image_at - after);
}

/* Each check gives the rest of the line that says what is wrong, or NULL. */
static const char *check_header(struct mote_native_section *section)
{
    const struct mote_native_header *header = section->header;
    if (header->abi_major != abi[ABI_MAJOR] || header->abi_minor > abi[ABI_MINOR]) {
        say_number(section, "made with ABI ", header->abi_major);
        say_number(section, ".", header->abi_minor);
        say_number(section, ", this firmware has ", abi[ABI_MAJOR]);
        say_number(section, ".", abi[ABI_MINOR]);
        return "";
    }
    if (header->image_at > section->size || header->image_at < sizeof *header) {
        return "truncated";
    }
    if (hash_of_header(header) != header->header_hash) {
        return "its header or tables are corrupted";
    }
    return parts_fit(section) ? NULL : "its parts overlap or lie outside";
}

/* What the code wants of the firmware. */
static const char *check_wishes(struct mote_native_section *section)
{
    const struct mote_native_header *header = section->header;
    uint32_t name = 0;
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint32_t is_wanted = header->features >> bit & 1;
        name += is_wanted;
        if (is_wanted && (bit >= sizeof features_available || !features_available[bit])) {
            say(section, "needs the feature ");
            mote_native_say_name(&section->why, header, name);
            return ", which this firmware does not have";
        }
    }
    uint32_t bounds = header->flags & NATIVE_FLAG_BOUNDS;
    if (header->flags & ~(uint32_t)NATIVE_FLAGS) {
        return "has flags that this firmware does not know";
    }
    if (bounds == NATIVE_GUARD_PAGES && !ENABLED(CONFIG_MEMORY_GUARD_PAGES)) {
        return "relies on guard pages, which this firmware does not have: use --bounds=checks";
    }
    if (bounds >= NATIVE_MASK && !section->module->runtime->allow_unchecked) {
        say(section, bounds == NATIVE_MASK ? "--bounds=mask" : "--bounds=none");
        return " must be allowed";
    }
    return NULL;
}

static bool code_fits(const struct mote_native_header *header, uint32_t at)
{
    return at < header->image_size && at % CPU_CODE_ALIGN == 0;
}

/* Whether the tables are those of this module and point into the image. */
static const char *check_tables(const struct mote_native_section *section)
{
    const struct mote_native_header *header = section->header;
    const struct mote_module *module = section->module;
    if (header->func_count != module->func_count - module->imported[EXTERN_FUNC] || header->code_count < header->func_count ||
        header->type_count != module->type_count) {
        return "made from a module with other functions or types";
    }
    const mote_u32_cell *codes = mote_native_part(header, header->codes_at);
    const mote_u32_cell *entries = mote_native_part(header, header->entries_at);
    bool is_good = header->image_align <= 4096 && (header->image_align & (header->image_align - 1)) == 0;
    uint32_t least = 0;
    for (uint32_t i = 0; i < header->code_count; i++) {
        is_good = is_good && codes[i] >= least && code_fits(header, codes[i]);
        least = codes[i] + 1;
    }
    for (uint32_t i = 0; i < header->type_count; i++) {
        is_good = is_good && (entries[i] == NATIVE_NONE || code_fits(header, entries[i]));
    }
    return is_good ? NULL : "its functions lie outside of its code";
}

#define PREAMBLE 8u /* bytes before the first section */

static const char *check_hashes(const struct mote_native_section *section)
{
    const struct mote_native_header *header = section->header;
    const uint8_t *image = mote_native_part(header, header->image_at);
    if (mote_native_hash_bytes(header->image_size, image, header->image_size) != header->image_hash) {
        return "its code is corrupted";
    }
    /* Types, memories, tables and their segments are in the code as well, not only the bodies. */
    uint32_t end = section->code_at + section->code_size, size = end > PREAMBLE ? end - PREAMBLE : 0;
    bool is_same = mote_native_hash_bytes(size, section->module->bytes + PREAMBLE, size) == header->code_hash;
    return is_same ? NULL : "the module has changed since: run mote aot again";
}

bool mote_native_check(struct mote_native_section *section)
{
    say(section, "native section for ");
    mote_native_say_name(&section->why, section->header, 0);
    say(section, ": ");
    const char *why = check_header(section);
    why = why ? why : check_wishes(section);
    why = why ? why : check_tables(section);
    why = why ? why : check_hashes(section);
    say(section, why ? why : "");
    return !why;
}

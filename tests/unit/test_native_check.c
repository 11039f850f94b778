/* aot/native_check, aot/native_find: sections that are refused, each in one line that names the section and what is wrong. */
#include "native_file.h"
#include "world.h"

/* Loads a file with the interpreter at hand: the reason why its native code is not used. */
static void check_refused(struct native_file *file, const char *why)
{
    struct world world;
    world_begin(&world);
    struct mote_module *module = NULL;
    if (ENABLED(CONFIG_ENGINE_INTERP)) {
        CHECK_EQUAL(mote_module_load(world.runtime, file->bytes, file->size, &module, &world.diag), MOTE_ERROR_NONE);
        CHECK_TEXT(world.diag.message, why);
        CHECK_TEXT(mote_module_engine(module), "interpreter");
    }
    world_end(&world);
}

#define PREFIX "native section for "

/* The line that check() begins: for the target of this CPU. */
static const char *line(const struct native_file *file, const char *rest)
{
    static char text[160];
    const char *target = mote_native_part(file->header, file->header->names_at);
    strcpy(text, PREFIX);
    strcat(text, target);
    strcat(text, ": ");
    return strcat(text, rest);
}

UNIT_TEST(test_native_check_names_another_abi)
{
    struct native_file file;
    native_file_make(&file);
    file.header->abi_major = 2;
    native_file_seal(&file);
    check_refused(&file, line(&file, "made with ABI 2.0, this firmware has 1.0"));
    file.header->abi_major = 1;
    file.header->abi_minor = 1;
    native_file_seal(&file);
    check_refused(&file, line(&file, "made with ABI 1.1, this firmware has 1.0"));
}

UNIT_TEST(test_native_check_finds_corrupted_parts)
{
    struct native_file file;
    native_file_make(&file);
    file.header->stack_bytes++;
    check_refused(&file, line(&file, "its header or tables are corrupted"));
    native_file_make(&file);
    file.bytes[file.size - 1]++;
    check_refused(&file, line(&file, "its code is corrupted"));
    native_file_make(&file);
    file.bytes[file.code_at + 9] = 8; /* the constant 5 */
    check_refused(&file, line(&file, "the module has changed since: run mote aot again"));
    native_file_make(&file);
    file.header->magic++;
    check_refused(&file, "native section at offset 117: truncated, corrupted, or not at a multiple of 4 in memory");
}

UNIT_TEST(test_native_check_names_features_flags_and_bounds)
{
    struct native_file file;
    native_file_make(&file);
    file.header->features = 1u << 31;
    native_file_seal(&file);
    check_refused(&file, line(&file, "needs the feature ?, which this firmware does not have"));
    native_file_make(&file);
    file.header->flags |= 32;
    native_file_seal(&file);
    check_refused(&file, line(&file, "has flags that this firmware does not know"));
    native_file_make(&file);
    file.header->flags = NATIVE_UNCHECKED;
    native_file_seal(&file);
    check_refused(&file, line(&file, "--bounds=none must be allowed"));
    file.header->flags = NATIVE_MASK;
    native_file_seal(&file);
    check_refused(&file, line(&file, "--bounds=mask must be allowed"));
    if (!ENABLED(CONFIG_MEMORY_GUARD_PAGES)) {
        file.header->flags = NATIVE_GUARD_PAGES;
        native_file_seal(&file);
        check_refused(&file, line(&file, "relies on guard pages, which this firmware does not have: use --bounds=checks"));
    }
}

/* One field spoilt, with hashes that are right. */
static void check_spoilt(size_t field, uint32_t value, const char *why)
{
    struct native_file file;
    native_file_make(&file);
    *(uint32_t *)(void *)((uint8_t *)file.header + field) = value;
    file.header->header_hash = 0;
    native_file_seal(&file);
    check_refused(&file, line(&file, why));
}

#define SPOILT(field, value, why) check_spoilt(offsetof(struct mote_native_header, field), (value), (why))

UNIT_TEST(test_native_check_holds_tables_against_the_module)
{
    static const char other[] = "made from a module with other functions or types";
    static const char outside[] = "its parts overlap or lie outside";
    SPOILT(func_count, 4, other);
    SPOILT(type_count, 1, other);
    SPOILT(code_count, 4, other);
    SPOILT(codes_at, 84, outside);
    SPOILT(codes_at, 97, outside);
    SPOILT(code_count, UINT32_MAX, outside);
    SPOILT(lines_size, 0x10000, outside);
    SPOILT(image_align, 3, "its functions lie outside of its code");
    struct native_file file;
    native_file_make(&file);
    ((uint32_t *)(void *)((uint8_t *)file.header + file.header->codes_at))[1] = 0;
    native_file_seal(&file);
    check_refused(&file, line(&file, "its functions lie outside of its code"));
}

UNIT_TEST(test_native_check_refuses_stripped_modules_without_code_to_use)
{
    struct native_file file;
    struct world world;
    native_file_make(&file);
    file.header->flags |= NATIVE_FLAG_STRIPPED;
    file.header->abi_major = 9;
    world_begin(&world);
    struct mote_module *module = NULL;
    CHECK_EQUAL(mote_module_load(world.runtime, file.bytes, file.size, &module, &world.diag), MOTE_ERROR_NATIVE_ONLY);
    CHECK(module == NULL);
    world_end(&world);
}

UNIT_TEST(test_native_check_leaves_sections_for_other_cpus_alone)
{
    struct native_file file;
    native_file_make(&file);
    memcpy((uint8_t *)file.header + file.header->names_at, "z80", 4);
    native_file_seal(&file);
    check_refused(&file, "native section is for z80, not for this CPU");
}

/* Reading manifests: the custom section in a module's bytes, and the map in it. */
#include "app/manifest.h"

#include "app/app_state.h"
#include "base/bits.h"
#include "base/reader.h"
#include "base/text.h"

#define MODULE_HEADER_BYTES 8

/* The contents of the first custom section of a name; *size is 0 when there is none. */
static const uint8_t *find_section(struct mote_reader *reader, const char *name, uint32_t *size)
{
    uint32_t length = (uint32_t)mote_string_length(name);
    while (mote_reader_left(reader) > 0) {
        uint8_t id = mote_read_u8(reader);
        uint32_t section_size = mote_read_u32_leb(reader);
        uint32_t end = mote_read_span(reader, section_size) + section_size;
        if (id != 0 || reader->failed) {
            continue;
        }
        struct mote_reader section = *reader;
        section.at = end - section_size;
        section.end = end;
        uint32_t at, name_length = mote_read_name(&section, &at);
        if (!section.failed && name_length == length && memcmp(reader->bytes + at, name, length) == 0) {
            *size = mote_reader_left(&section);
            return reader->bytes + section.at;
        }
    }
    *size = 0;
    return NULL;
}

/* The number of the text that `key` has in a list of texts that end with zero bytes; `count` when it is none of them. */
static unsigned find_word(const struct mote_cbor_item *map, const char *key, const char *words, unsigned count, unsigned otherwise)
{
    char text[16];
    if (mote_cbor_find(map, key).kind == MOTE_CBOR_END) {
        return otherwise;
    }
    if (!mote_cbor_find_text(map, key, text, sizeof text)) {
        return count;
    }
    unsigned i = 0;
    while (i < count && !mote_app_same(mote_text_at(words, i), text)) {
        i++;
    }
    return i;
}

/* The numbers, each with the most that it may be. */
static const struct number {
    const char *key;
    uint32_t most;
    uint32_t at; /* in the manifest */
} numbers[] = {
    {"stack", INT32_MAX, offsetof(struct mote_manifest, stack_bytes)},
    {"machine_stack", MOTE_MANIFEST_MACHINE_STACK_MAX, offsetof(struct mote_manifest, machine_stack_bytes)},
    {"memory", INT32_MAX, offsetof(struct mote_manifest, memory_bytes)},
    {"time", INT32_MAX, offsetof(struct mote_manifest, time_ms)},
    {"output", MOTE_MANIFEST_OUTPUT_MAX, offsetof(struct mote_manifest, output_bytes)},
};

/* The key of the first that is none, or too much; NULL: there is no such. */
static const char *read_numbers(const struct mote_cbor_item *map, struct mote_manifest *manifest)
{
    for (unsigned i = 0; i < MOTE_COUNT(numbers); i++) {
        struct mote_cbor_item item = mote_cbor_find(map, numbers[i].key);
        if (item.kind == MOTE_CBOR_UINT && item.number <= numbers[i].most) {
            *(uint32_t *)(void *)((char *)manifest + numbers[i].at) = (uint32_t)item.number;
        } else if (item.kind != MOTE_CBOR_END) {
            return numbers[i].key;
        }
    }
    return NULL;
}

static bool read_text(const struct mote_cbor_item *map, const char *key, char *text, size_t room)
{
    return mote_cbor_find(map, key).kind == MOTE_CBOR_END || mote_cbor_find_text(map, key, text, room);
}

/* The arguments must be texts without zero bytes, and not too long. */
static bool are_args_good(struct mote_cbor_item args)
{
    uint32_t bytes = 0;
    for (struct mote_cbor_item item = mote_cbor_next(&args.items); item.kind != MOTE_CBOR_END; item = mote_cbor_next(&args.items)) {
        for (size_t i = 0; i < item.size; i++) {
            if (item.kind == MOTE_CBOR_TEXT && item.bytes[i] == 0) {
                return false;
            }
        }
        bytes += item.size < MOTE_APP_ARGS_BYTES ? (uint32_t)item.size + 1 : MOTE_APP_ARGS_BYTES + 1;
        if (item.kind != MOTE_CBOR_TEXT || bytes > MOTE_APP_ARGS_BYTES) {
            return false;
        }
    }
    return !args.items.is_bad;
}

/* The key whose value is at fault, NULL when all are good. */
static const char *read_map(const struct mote_cbor_item *map, struct mote_manifest *manifest)
{
    manifest->args = mote_cbor_find(map, "args");
    manifest->restart = (enum mote_restart)find_word(map, "restart", "never\0on-failure\0always", 3, MOTE_RESTART_NEVER);
    manifest->files = (enum mote_app_files)find_word(map, "files", "none\0own\0all\0read", 4, MOTE_FILES_OWN);
    mote_cbor_find_bool(map, "autostart", &manifest->is_autostarted);
    bool has_args = manifest->args.kind != MOTE_CBOR_END;
    bool is_name = read_text(map, "name", manifest->name, sizeof manifest->name) &&
                   (!manifest->name[0] || mote_is_name(manifest->name, sizeof manifest->name));
    return !is_name                                                                   ? "name"
           : !read_text(map, "version", manifest->version, sizeof manifest->version)  ? "version"
           : has_args && (manifest->args.kind != MOTE_CBOR_LIST || !are_args_good(manifest->args)) ? "args"
           : (unsigned)manifest->restart > MOTE_RESTART_ALWAYS                        ? "restart"
           : (unsigned)manifest->files > MOTE_FILES_READ                              ? "files"
                                                                                      : read_numbers(map, manifest);
}

enum mote_error mote_manifest_read(const void *module, uint32_t size_bytes, struct mote_manifest *manifest, struct mote_diag *diag)
{
    struct mote_diag unwanted;
    diag = diag ? diag : &unwanted;
    mote_diag_init(diag);
    *manifest = (struct mote_manifest){
        .files = MOTE_FILES_OWN,
        .stack_bytes = CONFIG_APP_STACK_BYTES,
        .output_bytes = CONFIG_APP_OUTPUT_BYTES,
        .args = {.kind = MOTE_CBOR_END},
    };
    if (size_bytes < MODULE_HEADER_BYTES || memcmp(module, "\0asm\1\0\0", MODULE_HEADER_BYTES) != 0) {
        return mote_app_fail(diag, MOTE_ERROR_BAD_MAGIC, NULL);
    }
    uint32_t size;
    struct mote_reader reader = mote_reader_over(module, MODULE_HEADER_BYTES, size_bytes, diag);
    const uint8_t *bytes = find_section(&reader, "mote.manifest", &size);
    if (!bytes || diag->error) {
        return diag->error;
    }
    struct mote_cbor_reader items = mote_cbor_reader_over(bytes, size);
    struct mote_cbor_item map = mote_cbor_next(&items);
    if (map.kind != MOTE_CBOR_MAP) {
        return mote_app_fail(diag, MOTE_ERROR_BAD_MANIFEST, "it is no map");
    }
    const char *key = read_map(&map, manifest);
    return key ? mote_app_fail(diag, MOTE_ERROR_BAD_MANIFEST, key) : MOTE_ERROR_NONE;
}

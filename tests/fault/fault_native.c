/* Spoils the native section of a module in every way that comes to mind. What a hash covers must be refused with a reason and the module then
   interpreted with the same results; what has hashes that are right again must be refused or run, but not crash the loader. */
#include "fault_driver.h"

#include <stdlib.h>
#include <string.h>

#include "aot/native_hash.h"
#include "aot/native.h"

static const char NAME[] = "mote.native";

/* The file, and where its last section and the header in it begin. */
struct spoilt {
    struct fault_file file;
    size_t section;  /* the size, as LEB128 */
    size_t contents;
    size_t header_at;
    uint32_t expected; /* what "f" returns */
};

static bool find_section(struct spoilt *spoilt)
{
    const uint8_t *bytes = spoilt->file.bytes;
    size_t at = 8;
    while (at < spoilt->file.size) {
        uint8_t id = bytes[at++];
        spoilt->section = at;
        size_t size = 0;
        for (unsigned shift = 0;; shift += 7) {
            uint8_t byte = bytes[at++];
            size |= (size_t)(byte & 0x7F) << shift;
            if (byte < 0x80) {
                break;
            }
        }
        spoilt->contents = at;
        at += size;
        if (id == 0 && at == spoilt->file.size && memcmp(bytes + spoilt->contents + 1, NAME, 11) == 0) {
            spoilt->header_at = spoilt->contents + 13 + bytes[spoilt->contents + 12];
            return true;
        }
    }
    return false;
}

/* Loads the bytes and calls "f" where `is_run`. False: what came out is not `engine` (NULL: any), not the right number, or a refusal without
   a reason. */
static bool check_load(const struct spoilt *spoilt, const uint8_t *bytes, size_t size, const char *engine, bool is_run)
{
    struct fault_account account = {.bytes = 0};
    struct mote_runtime_options options = {.allocator = fault_allocator(&account)};
    struct mote_runtime *runtime = NULL;
    struct mote_module *module = NULL;
    struct mote_instance *instance = NULL;
    struct mote_agent *agent = NULL;
    struct mote_diag diag;
    struct mote_value result = {.type = MOTE_I32, .of = {.bits = 0}};
    mote_runtime_new(&options, &runtime);
    mote_agent_new(runtime, 65536, &agent);
    enum mote_error error = mote_module_load(runtime, bytes, size, &module, &diag);
    const char *got = mote_module_engine(module);
    bool is_native = strcmp(got, "native") == 0;
    const struct mote_native_header *header = (const void *)(bytes + spoilt->header_at);
    bool is_stripped = size >= spoilt->header_at + sizeof *header && (header->flags & NATIVE_FLAG_STRIPPED);
    if (is_stripped && error == MOTE_ERROR_NATIVE_ONLY) {
        mote_runtime_free(runtime);
        return true; /* there is nothing to interpret */
    }
    bool is_right = !error && (!engine || strcmp(got, engine) == 0) && is_native == (diag.message[0] == '\0');
    if (is_right && is_run) {
        error = mote_instance_new(module, agent, &instance, &diag);
        error = error ? error : mote_call(agent, mote_find_func(instance, "f"), NULL, 0, &result, 1);
        is_right = !error && result.of.i32 == spoilt->expected;
    }
    mote_runtime_free(runtime);
    if (!is_right) {
        fprintf(stderr, "%s: %s, engine \"%s\", f is %u\n", spoilt->file.path, diag.message, got, (unsigned)result.of.i32);
    }
    return is_right && account.bytes == 0;
}

/* The first `size` bytes, for tests to spoil; aligned as malloc does. */
static uint8_t *copy_of(const struct spoilt *spoilt, size_t size)
{
    uint8_t *copy = malloc(size);
    if (!copy) {
        abort();
    }
    memcpy(copy, spoilt->file.bytes, size);
    return copy;
}

static void mend_hashes(const struct spoilt *spoilt, uint8_t *copy)
{
    struct mote_native_header *header = (void *)(copy + spoilt->header_at);
    uint32_t size = (uint32_t)(spoilt->file.size - spoilt->header_at);
    const uint8_t *start = (const uint8_t *)header;
    if (header->image_at <= size && header->image_size <= size - header->image_at) {
        header->image_hash = mote_native_hash_bytes(header->image_size, start + header->image_at, header->image_size);
    }
    header->header_hash = 0;
    if (header->image_at <= size) {
        header->header_hash = mote_native_hash_bytes(header->image_at, start, header->image_at);
    }
}

static bool spoil_field(const struct spoilt *spoilt, const char *name, size_t at, size_t bytes, uint32_t value)
{
    uint8_t *copy = copy_of(spoilt, spoilt->file.size), *field = copy + spoilt->header_at + at;
    bool is_changed = memcmp(field, &value, bytes) != 0;
    memcpy(field, &value, bytes);
    bool is_right = !is_changed || check_load(spoilt, copy, spoilt->file.size, "interpreter", true);
    mend_hashes(spoilt, copy);
    is_right = is_right && check_load(spoilt, copy, spoilt->file.size, NULL, false);
    free(copy);
    if (!is_right) {
        fprintf(stderr, "header field %s = %u\n", name, (unsigned)value);
    }
    return is_right;
}

static bool spoil_fields(const struct spoilt *spoilt)
{
    static const struct {
        const char *name;
        size_t at, bytes;
    } fields[] = {
#define NATIVE_VERSION(major, minor)
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes) {#member, offsetof(struct mote_native_header, member), bytes},
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
    };
    bool is_right = true;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t old = 0;
        memcpy(&old, spoilt->file.bytes + spoilt->header_at + fields[i].at, fields[i].bytes);
        const uint32_t values[] = {0, old + 1, old - 1, old + 4, old ^ 0x80000000, INT32_MAX, UINT32_MAX};
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            is_right = spoil_field(spoilt, fields[i].name, fields[i].at, fields[i].bytes, values[j]) && is_right;
        }
    }
    return is_right;
}

static bool spoil_bytes(const struct spoilt *spoilt)
{
    bool is_right = true;
    for (size_t at = spoilt->header_at; at < spoilt->file.size && is_right; at++) {
        for (unsigned bit = 0; bit < 8 && is_right; bit++) {
            uint8_t *copy = copy_of(spoilt, spoilt->file.size);
            copy[at] ^= (uint8_t)(1u << bit);
            is_right = check_load(spoilt, copy, spoilt->file.size, "interpreter", bit == 0);
            free(copy);
        }
        if (!is_right) {
            fprintf(stderr, "with a bit changed at %zu\n", at);
        }
    }
    return is_right;
}

/* The section ends early, in a file that does so too: as it is, and with hashes for what is left. */
static bool truncate_section(const struct spoilt *spoilt)
{
    bool is_right = true;
    for (size_t size = spoilt->contents + 12; size < spoilt->file.size && is_right; size++) {
        uint8_t *copy = copy_of(spoilt, size);
        size_t left = size - spoilt->contents;
        for (size_t at = spoilt->section; at < spoilt->contents; at++, left >>= 7) {
            copy[at] = (uint8_t)((left & 0x7F) | (at + 1 < spoilt->contents ? 0x80 : 0));
        }
        is_right = check_load(spoilt, copy, size, "interpreter", true);
        free(copy);
        if (!is_right) {
            fprintf(stderr, "with a section of %zu bytes\n", size - spoilt->contents);
        }
    }
    return is_right;
}

int fault_native(int count, char **arguments)
{
    bool is_right = true;
    for (int i = 0; i + 1 < count; i += 2) {
        struct spoilt spoilt = {.expected = (uint32_t)strtoul(arguments[i], NULL, 0)};
        is_right = fault_read_file(arguments[i + 1], &spoilt.file) && find_section(&spoilt) &&
                   check_load(&spoilt, spoilt.file.bytes, spoilt.file.size, "native", true) && spoil_fields(&spoilt) &&
                   spoil_bytes(&spoilt) && truncate_section(&spoilt) && is_right;
        free(spoilt.file.bytes);
    }
    return is_right ? 0 : 1;
}

/* Loads every prefix of a module from a block of exactly its size. It must be refused, unless it ends where a section ends. */
#include "fault_driver.h"

#include <stdlib.h>
#include <string.h>

/* Marks in `ends` where sections end. The file is valid, so nothing is checked. */
static void find_section_ends(const struct fault_file *file, uint8_t *ends)
{
    size_t at = 8;
    while (at < file->size) {
        ends[at] = 1;
        at++;
        size_t size = 0;
        for (unsigned shift = 0;; shift += 7) {
            uint8_t byte = file->bytes[at++];
            size |= (size_t)(byte & 0x7F) << shift;
            if (byte < 0x80) {
                break;
            }
        }
        at += size;
    }
}

static bool check_prefix(struct mote_runtime *runtime, const struct fault_file *file, size_t size, bool may_be_valid)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct mote_module *module = NULL;
    struct mote_diag diag;
    memcpy(copy, file->bytes, size);
    enum mote_error validated = mote_module_validate(runtime, copy, size, &diag);
    enum mote_error loaded = mote_module_load(runtime, copy, size, &module, &diag);
    mote_module_unload(module);
    free(copy);
    bool is_right = validated == loaded && (loaded || may_be_valid) && (!loaded || diag.offset <= size);
    if (!is_right) {
        fprintf(stderr, "%s: the first %zu bytes: validating says %s, loading says %s\n", file->path, size,
                mote_error_text(validated), mote_error_text(loaded));
    }
    return is_right;
}

static bool check_file(const char *path)
{
    struct fault_file file;
    struct fault_account account = {.bytes = 0};
    struct mote_runtime_options options = {.allocator = fault_allocator(&account)};
    struct mote_runtime *runtime = NULL;
    bool is_right = fault_read_file(path, &file) && mote_runtime_new(&options, &runtime) == MOTE_ERROR_NONE;
    uint8_t *ends = is_right ? calloc(file.size + 1, 1) : NULL;
    if (is_right) {
        find_section_ends(&file, ends);
    }
    for (size_t size = 0; is_right && size < file.size; size++) {
        is_right = check_prefix(runtime, &file, size, ends[size]);
    }
    mote_runtime_free(runtime);
    free(ends);
    free(file.bytes);
    if (is_right && account.bytes) {
        fprintf(stderr, "%s: %zu bytes were not given back\n", path, account.bytes);
    }
    return is_right && account.bytes == 0;
}

int fault_prefixes(int count, char **arguments)
{
    bool is_right = true;
    for (int i = 0; i < count; i++) {
        is_right = check_file(arguments[i]) && is_right;
    }
    return is_right ? 0 : 1;
}

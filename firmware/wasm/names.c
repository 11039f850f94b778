/* Names of functions (specification, appendix "Name Section"); a malformed name section is as good as none. */
#include "wasm/names.h"
#include "base/reader.h"

/* Looks through subsection 1: a vector of funcidx and name, in rising order of funcidx. */
static struct mote_name find_in_map(struct mote_reader *reader, uint32_t funcidx)
{
    uint32_t count = mote_read_count(reader);
    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        uint32_t index = mote_read_u32_leb(reader);
        struct mote_name name;
        name.length = mote_read_name(reader, &name.at);
        if (index == funcidx && !reader->failed) {
            return name;
        }
    }
    return (struct mote_name){0, 0};
}

static struct mote_name find_in_section(const struct mote_module *module, uint32_t funcidx)
{
    struct mote_diag diag;
    mote_diag_init(&diag);
    struct mote_reader reader =
        mote_reader_over(module->bytes, module->names.at, module->names.at + module->names.length, &diag);
    while (!reader.failed && reader.at < reader.end) {
        uint8_t id = mote_read_u8(&reader);
        uint32_t size = mote_read_u32_leb(&reader);
        uint32_t start = mote_read_span(&reader, size);
        if (id == 1 && !reader.failed) {
            struct mote_reader map = mote_reader_over(module->bytes, start, start + size, &diag);
            return find_in_map(&map, funcidx);
        }
    }
    return (struct mote_name){0, 0};
}

struct mote_name mote_module_func_name(const struct mote_module *module, uint32_t funcidx)
{
    struct mote_name name = {0, 0};
    if (module->names.length) {
        name = find_in_section(module, funcidx);
    }
    for (uint32_t i = 0; i < module->export_count && name.length == 0; i++) {
        if (module->exports[i].kind == EXTERN_FUNC && module->exports[i].index == funcidx) {
            name = module->exports[i].name;
        }
    }
    for (uint32_t i = 0; i < module->import_count && name.length == 0; i++) {
        if (module->imports[i].kind == EXTERN_FUNC && module->imports[i].index == funcidx) {
            name = module->imports[i].name;
        }
    }
    return name;
}

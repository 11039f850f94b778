/* A native section on its way to being used: found in a module, then checked. */
#ifndef AOT_NATIVE_SECTION_H
#define AOT_NATIVE_SECTION_H

#include "aot/native.h"
#include "base/text.h"

struct mote_native_section {
    const struct mote_module *module;
    const struct mote_native_header *header;
    uint32_t size;    /* bytes from the header to the end of the section */
    uint32_t code_at; /* the module's code section: its contents */
    uint32_t code_size;
    struct mote_text why; /* room for one line */
};

/* Appends text number `index` of a header's names: the target's, then those of features. */
void mote_native_say_name(struct mote_text *text, const struct mote_native_header *header, uint32_t index);

/* native_check.c: whether the section may be used; false: the line says why not. The header is there, with its names. */
bool mote_native_check(struct mote_native_section *section);

#endif

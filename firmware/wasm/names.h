/* Names of functions, for call stacks: from the name section, otherwise from imports and exports. */
#ifndef WASM_NAMES_H
#define WASM_NAMES_H

#include "wasm/module.h"

/* Length 0 when the function has no name. Looks it up each time: nothing is kept. */
struct mote_name mote_module_func_name(const struct mote_module *module, uint32_t funcidx);

#endif

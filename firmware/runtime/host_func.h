/* Host functions: their signatures as text (mote.h) against function types of modules. */
#ifndef RUNTIME_HOST_FUNC_H
#define RUNTIME_HOST_FUNC_H

#include "wasm/module.h"

/* Whether a signature like "iI:f" can be read; NULL cannot. */
bool mote_signature_is_valid(const char *signature);

/* Whether it says the same as a function type of the module. */
bool mote_signature_equals(const char *signature, const struct mote_module *module, const struct mote_functype *type);

#endif

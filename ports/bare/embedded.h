/* The module that the image holds in its flash (MODULE= of the build), in a runtime that has all RAM the program leaves. What goes wrong is
   one line on the console. */
#ifndef BARE_EMBEDDED_H
#define BARE_EMBEDDED_H

#include <stdbool.h>

#include "mote.h"

struct embedded {
    struct mote_runtime *runtime;
    struct mote_module *module;
    struct mote_agent *agent;
    struct mote_instance *instance;
};

bool embedded_is_there(void);

/* embedded_program.c: all of the following for a program; its exit status. */
int embedded_program(void);

/* The steps of a module's life, in this order; false when one failed. `is_trusted`: native code need not keep to its memory. */
bool embedded_start(struct embedded *embedded, bool is_trusted);
bool embedded_load(struct embedded *embedded);
bool embedded_instantiate(struct embedded *embedded);

/* Calls a function; when it traps the call stack is printed, except for EXIT. */
enum mote_trap embedded_call(struct embedded *embedded, struct mote_func *func, const struct mote_value *params,
                             uint32_t param_count, struct mote_value *results, uint32_t result_count);

/* Ends it all, however far it came. */
void embedded_end(struct embedded *embedded);

#endif

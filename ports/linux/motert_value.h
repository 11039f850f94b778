/* WebAssembly values as text: arguments of --invoke and its results. */
#ifndef MOTERT_VALUE_H
#define MOTERT_VALUE_H

#include <stdbool.h>
#include <stdio.h>

#include "mote.h"

/* Reads `text` as a value of `type`: integers in decimal or 0x, from the least signed to the greatest unsigned number of the type; floats in
   decimal or 0x with inf, nan and nan:0x...; references: null, and for externref a number. False when it is none. */
bool motert_value_read(const char *text, enum mote_valtype type, struct mote_value *value);
/* What motert_value_read accepts, for an error message. */
const char *motert_value_wanted(enum mote_valtype type);

/* Writes a value and a line feed: integers signed, floats with the fewest digits that read back as the same number. */
void motert_value_print(FILE *to, const struct mote_value *value);

#endif

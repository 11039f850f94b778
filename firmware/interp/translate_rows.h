/* Which variants an instruction has: what translate_numeric.c and translate_memory.c choose from. */
#ifndef INTERP_TRANSLATE_ROWS_H
#define INTERP_TRANSLATE_ROWS_H

#include "interp/translate.h"

/* Two bytes an instruction: enum family above, enum code of the first variant (or enum cold) below. 0: it has no variants. */
#define TRANSLATE_FAMILY_SHIFT 11
extern const uint16_t translate_rows[OP_COUNT];

struct row {
    uint16_t first;
    enum family family;
};

static inline struct row translate_row_of(enum mote_op op)
{
    uint16_t row = translate_rows[op];
    return (struct row){row & ((1 << TRANSLATE_FAMILY_SHIFT) - 1), (enum family)(row >> TRANSLATE_FAMILY_SHIFT)};
}

/* Cells of an instruction's result. */
unsigned translate_result_cells(enum mote_op op);

/* How far apart the variants of a family for different operands are. */
unsigned translate_step_of(enum family family);

/* Where the result is after an operation that left one of this width in a slot. */
enum result translate_result_of(enum family family, unsigned cells);

/* translate_numeric.c */
void translate_unary(struct translator *t, enum mote_op op, struct row row);

/* translate_memory.c */
void translate_load(struct translator *t, const struct mote_instr *instr, struct row row);
void translate_store(struct translator *t, const struct mote_instr *instr, struct row row);

#endif

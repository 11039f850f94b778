/* The variants of instructions, as a table made from the definitions of the handlers (op_*.def); see translate_rows.h. */
#include "interp/translate_rows.h"

#define FIRST_COMMUTATIVE(name) CODE_##name##_SS_S
#define FIRST_SHIFT(name) CODE_##name##_SS_S
#define FIRST_ORDERED(name) CODE_##name##_SS_S
#define FIRST_COMPARE(name) CODE_##name##_SS_S
#define FIRST_COLD(name) COLD_##name
#define FIRST_SLOTS(name) CODE_##name##_SS_S
#define FIRST_WIDE(name) CODE_##name##_SS_S
#define FIRST_WIDE_SLOTS(name) CODE_##name##_SS_S
#define FIRST_UNARY(name) CODE_##name##_S_S
#define FIRST_UNARY_SLOT(name) CODE_##name##_S_S
#define FIRST_WIDE_UNARY(name) CODE_##name##_S_S
#define FIRST_LOAD(name) CODE_##name##_S_S
#define FIRST_WIDE_LOAD(name) CODE_##name##_S_S
#define FIRST_STORE(name) CODE_##name##_SS
#define FIRST_WIDE_STORE(name) CODE_##name##_SS

const uint16_t translate_rows[OP_COUNT] = {
#define HANDLER(name, ...)
#define COLD(name, ...)
#define MAP(name, family) MAP_ROW(name, name, family)
#define MAP_AS(name, as, family) MAP_ROW(name, as, family)
#define MAP_ROW(name, as, family) [OP_##name] = FAMILY_##family << TRANSLATE_FAMILY_SHIFT | FIRST_##family(as),
#include "interp/ops.def"
#undef MAP_AS
#undef MAP
#undef COLD
#undef HANDLER
};
_Static_assert(CODE_COUNT < 1 << TRANSLATE_FAMILY_SHIFT && FAMILY_COLD < 32, "rows have 11 bits for codes, 5 for families");

static unsigned sig_cells(unsigned type)
{
    return type == SIG_I64 || type == SIG_F64 ? 2 : 1;
}

unsigned translate_result_cells(enum mote_op op)
{
    return sig_cells(SIG_RESULT(mote_op_info[op].signature));
}

/* Families whose operations have no _A forms: their variants follow each other by one, otherwise by two. */
static bool has_only_s(enum family family)
{
    return family == FAMILY_COMPARE || family == FAMILY_WIDE || family == FAMILY_WIDE_SLOTS ||
           family == FAMILY_WIDE_UNARY || family == FAMILY_WIDE_LOAD;
}

unsigned translate_step_of(enum family family)
{
    return has_only_s(family) ? 1 : 2;
}

enum result translate_result_of(enum family family, unsigned cells)
{
    if (!ACC64 && cells == 2) {
        return RESULT_SLOT;
    }
    return has_only_s(family) ? RESULT_ACC_TOO : RESULT_MOVABLE;
}

/* Instructions by number; see opcode.h. */
#include "wasm/opcode.h"
#include "base/bits.h"
#include "base/text.h"

_Static_assert(SIG_VALTYPE(SIG_I32) == MOTE_I32 && SIG_VALTYPE(SIG_I64) == MOTE_I64 && SIG_VALTYPE(SIG_F32) == MOTE_F32 &&
                   SIG_VALTYPE(SIG_F64) == MOTE_F64,
               "the types of signatures are numbered as value types are, downwards");

#define LETTER_TYPE(c) \
    ((c) == 'i' ? SIG_I32 : (c) == 'I' ? SIG_I64 : (c) == 'f' ? SIG_F32 : (c) == 'F' ? SIG_F64 : SIG_NONE)

/* Packs "ii:i" and the like at compile time, by the place of the colon. */
#define AT(s, i) ((i) < (int)sizeof(s) - 1 ? LETTER_TYPE((s)[(i) < (int)sizeof(s) ? (i) : 0]) : SIG_NONE)
#define PACK_SIGNATURE(s)                                         \
    ((s)[0] == '*'   ? SIG_SPECIAL                                \
     : (s)[0] == ':' ? SIG(SIG_NONE, SIG_NONE, AT(s, 1))          \
     : (s)[1] == ':' ? SIG(SIG_NONE, AT(s, 0), AT(s, 2))          \
     : (s)[2] == ':' ? SIG(AT(s, 0), AT(s, 1), AT(s, 3))          \
                     : SIG_III)

const struct mote_op_info mote_op_info[OP_COUNT] = {
#define OP(prefix, code, name, text, immediate, signature, feature) \
    [OP_##name] = {PACK_SIGNATURE(signature), IMM_##immediate, FEATURE_##feature},
#include "tables/opcodes.def"
#undef OP
};

/* By code: the row of the table, plus one; 0 where there is none. One list for each prefix, told apart by the name that the prefix gives a
   macro. */
static const uint8_t rows_plain[] = {
#define PREFIX_0x00(code, name) [code] = OP_##name + 1,
#define PREFIX_0xFC(code, name)
#define OP(prefix, code, name, text, immediate, signature, feature) PREFIX_##prefix(code, name)
#include "tables/opcodes.def"
#undef OP
#undef PREFIX_0x00
#undef PREFIX_0xFC
};
static const uint8_t rows_fc[] = {
#define PREFIX_0x00(code, name)
#define PREFIX_0xFC(code, name) [code] = OP_##name + 1,
#define OP(prefix, code, name, text, immediate, signature, feature) PREFIX_##prefix(code, name)
#include "tables/opcodes.def"
#undef OP
#undef PREFIX_0x00
#undef PREFIX_0xFC
};
_Static_assert(OP_COUNT <= OP_NONE, "rows are numbered by bytes, and 0 - 1 is none of them");

enum mote_op mote_find_op(uint32_t prefix, uint32_t code)
{
    const uint8_t *rows = prefix ? rows_fc : rows_plain;
    uint32_t count = prefix ? sizeof rows_fc : sizeof rows_plain;
    return code < count ? (enum mote_op)(uint8_t)(rows[code] - 1) : OP_NONE;
}

unsigned mote_op_natural_align(enum mote_op op)
{
    /* In the order of the table: i32.load to i64.store32. */
    static const uint8_t aligns[] = {2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2};
    _Static_assert(MOTE_COUNT(aligns) == OP_I64_STORE32 - OP_I32_LOAD + 1, "one entry for each load and store");
    return aligns[op - OP_I32_LOAD];
}

const char *mote_foreign_feature(uint8_t byte)
{
    static const uint8_t ranges[][2] = {
#define FOREIGN(first, last, text) {first, last},
#include "tables/foreign.def"
#undef FOREIGN
    };
    static const char texts[] = {
#define FOREIGN(first, last, text) text "\0"
#include "tables/foreign.def"
#undef FOREIGN
    };
    for (uint32_t i = 0; i < MOTE_COUNT(ranges); i++) {
        if (byte >= ranges[i][0] && byte <= ranges[i][1]) {
            return mote_text_at(texts, i);
        }
    }
    return NULL;
}

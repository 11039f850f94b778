/* Instructions by number; see opcode.h. */
#include "wasm/opcode.h"
#include "base/bits.h"

#define LETTER_TYPE(c) \
    ((c) == 'i' ? SIG_I32 : (c) == 'I' ? SIG_I64 : (c) == 'f' ? SIG_F32 : (c) == 'F' ? SIG_F64 : SIG_NONE)

/* Packs "ii:i" and the like at compile time, by the place of the colon. */
#define AT(s, i) ((i) < (int)sizeof(s) - 1 ? LETTER_TYPE((s)[(i) < (int)sizeof(s) ? (i) : 0]) : SIG_NONE)
#define PACK(a, b, c, r) ((uint16_t)((r) << 9 | (a) << 6 | (b) << 3 | (c)))
#define PACK_SIGNATURE(s)                                                     \
    ((s)[0] == '*'   ? SIG_SPECIAL                                            \
     : (s)[0] == ':' ? PACK(SIG_NONE, SIG_NONE, SIG_NONE, AT(s, 1))           \
     : (s)[1] == ':' ? PACK(SIG_NONE, SIG_NONE, AT(s, 0), AT(s, 2))           \
     : (s)[2] == ':' ? PACK(SIG_NONE, AT(s, 0), AT(s, 1), AT(s, 3))           \
                     : PACK(AT(s, 0), AT(s, 1), AT(s, 2), AT(s, 4)))

const struct mote_op_info mote_op_info[OP_COUNT] = {
#define OP(prefix, code, name, text, immediate, signature, feature) \
    [OP_##name] = {PACK_SIGNATURE(signature), IMM_##immediate, FEATURE_##feature},
#include "tables/opcodes.def"
#undef OP
};

enum mote_op mote_find_op(uint32_t prefix, uint32_t code)
{
    if (code > 0xFF) {
        return OP_NONE;
    }
    switch (prefix << 8 | code) {
#define OP(prefix, code, name, text, immediate, signature, feature) \
    case (prefix) << 8 | (code):                                     \
        return OP_##name;
#include "tables/opcodes.def"
#undef OP
    default:
        return OP_NONE;
    }
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
    static const struct {
        uint8_t first, last;
        const char *text;
    } foreign[] = {
#define FOREIGN(first, last, text) {first, last, text},
#include "tables/foreign.def"
#undef FOREIGN
    };
    for (size_t i = 0; i < MOTE_COUNT(foreign); i++) {
        if (byte >= foreign[i].first && byte <= foreign[i].last) {
            return foreign[i].text;
        }
    }
    return NULL;
}

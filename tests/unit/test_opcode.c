/* wasm/opcode, wasm/feature: every row of the tables is found again, and nothing else is. */
#include "base/bits.h"
#include "unit.h"
#include "wasm/opcode.h"

UNIT_TEST(test_opcode_every_row_is_found)
{
#define OP(prefix, code, name, text, imm, signature, proposal)    \
    CHECK_EQUAL(mote_find_op(prefix, code), OP_##name);        \
    CHECK_EQUAL(mote_op_info[OP_##name].immediate, IMM_##imm); \
    CHECK_EQUAL(mote_op_info[OP_##name].feature, FEATURE_##proposal);
#include "tables/opcodes.def"
#undef OP
}

UNIT_TEST(test_opcode_nothing_else_is_found)
{
    unsigned found = 0;
    for (uint32_t code = 0; code < 0x1000; code++) {
        found += mote_find_op(0, code) != OP_NONE;
        found += mote_find_op(0xFC, code) != OP_NONE;
    }
    CHECK_EQUAL(found, OP_COUNT);
    CHECK_EQUAL(mote_find_op(0, UINT32_MAX), OP_NONE);
    CHECK_EQUAL(mote_find_op(0xFC, UINT32_MAX), OP_NONE);
}

UNIT_TEST(test_opcode_signatures_are_packed_as_they_are_written)
{
    CHECK_EQUAL(mote_op_info[OP_I32_ADD].signature, SIG(SIG_I32, SIG_I32, SIG_I32));
    CHECK_EQUAL(mote_op_info[OP_I64_EQZ].signature, SIG(SIG_NONE, SIG_I64, SIG_I32));
    CHECK_EQUAL(mote_op_info[OP_F64_STORE].signature, SIG(SIG_I32, SIG_F64, SIG_NONE));
    CHECK_EQUAL(mote_op_info[OP_MEMORY_FILL].signature, SIG_III);
    CHECK_EQUAL(mote_op_info[OP_F32_CONST].signature, SIG(SIG_NONE, SIG_NONE, SIG_F32));
    CHECK_EQUAL(mote_op_info[OP_NOP].signature, 0);
    CHECK_EQUAL(mote_op_info[OP_BLOCK].signature, SIG_SPECIAL);
}

UNIT_TEST(test_opcode_natural_alignments_are_the_widths)
{
    CHECK_EQUAL(mote_op_natural_align(OP_I32_LOAD), 2);
    CHECK_EQUAL(mote_op_natural_align(OP_F64_LOAD), 3);
    CHECK_EQUAL(mote_op_natural_align(OP_I64_LOAD32_U), 2);
    CHECK_EQUAL(mote_op_natural_align(OP_I64_LOAD8_S), 0);
    CHECK_EQUAL(mote_op_natural_align(OP_F32_STORE), 2);
    CHECK_EQUAL(mote_op_natural_align(OP_I64_STORE16), 1);
    CHECK_EQUAL(mote_op_natural_align(OP_I64_STORE32), 2);
}

UNIT_TEST(test_opcode_foreign_proposals_are_named)
{
    CHECK_TEXT(mote_foreign_feature(0xFD), "simd");
    CHECK_TEXT(mote_foreign_feature(0xFE), "threads");
    CHECK_TEXT(mote_foreign_feature(0x12), "tail-call");
    CHECK(mote_foreign_feature(0xFF) == NULL);
    for (unsigned byte = 0; byte < 256; byte++) {
        if (mote_find_op(0, byte) != OP_NONE) {
            CHECK(mote_foreign_feature((uint8_t)byte) == NULL);
        }
    }
}

UNIT_TEST(test_opcode_features_have_their_proposals_names)
{
#define FEATURE(name, text, enabled) CHECK_TEXT(mote_feature_text(FEATURE_##name), text);
#include "tables/features.def"
#undef FEATURE
    CHECK(mote_feature_enabled(FEATURE_MVP));
}

/* base/bits: unaligned access and rounding. */
#include "base/bits.h"
#include "unit.h"

UNIT_TEST(test_bits_reads_at_any_address)
{
    uint8_t bytes[16];
    for (uint8_t i = 0; i < 16; i++) {
        bytes[i] = i;
    }
    for (unsigned at = 0; at < 8; at++) {
        CHECK_EQUAL(mote_get_u16(bytes + at), at | (at + 1) << 8);
        CHECK_EQUAL(mote_get_u32(bytes + at), 0x03020100 + at * 0x01010101);
        CHECK_EQUAL(mote_get_u64(bytes + at), UINT64_C(0x0706050403020100) + at * UINT64_C(0x0101010101010101));
    }
}

UNIT_TEST(test_bits_aligns_up)
{
    CHECK_EQUAL(mote_align_up(0, 8), 0);
    CHECK_EQUAL(mote_align_up(1, 8), 8);
    CHECK_EQUAL(mote_align_up(8, 8), 8);
    CHECK_EQUAL(mote_align_up(4097, 4096), 8192);
}

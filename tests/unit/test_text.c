/* base/text: numbers, guests' bytes and cutting. */
#include "base/text.h"
#include "unit.h"

UNIT_TEST(test_text_writes_numbers)
{
    char buffer[64];
    struct mote_text text = mote_text_begin(buffer, sizeof buffer);
    mote_text_decimal(&text, 0);
    mote_text_string(&text, " ");
    mote_text_decimal(&text, UINT64_MAX);
    mote_text_string(&text, " ");
    mote_text_hex(&text, 0xDEADBEEF);
    CHECK_TEXT(buffer, "0 18446744073709551615 0xdeadbeef");
}

UNIT_TEST(test_text_cuts_at_the_end_of_the_room)
{
    char buffer[5] = {1, 1, 1, 1, 1};
    struct mote_text text = mote_text_begin(buffer, 4);
    mote_text_string(&text, "abcdef");
    mote_text_decimal(&text, 7);
    CHECK_TEXT(buffer, "abc");
    CHECK_EQUAL(buffer[4], 1);
    text = mote_text_begin(buffer, 1);
    mote_text_string(&text, "x");
    CHECK_TEXT(buffer, "");
}

UNIT_TEST(test_text_makes_guest_bytes_harmless)
{
    char buffer[64];
    struct mote_text text = mote_text_begin(buffer, sizeof buffer);
    mote_text_bytes(&text, (const uint8_t *)"a\033[2Jb\0c\x7F\xFF", 10, 40);
    CHECK_TEXT(buffer, "a?[2Jb?c??");
    text = mote_text_begin(buffer, sizeof buffer);
    mote_text_bytes(&text, (const uint8_t *)"abcdef", 6, 3);
    CHECK_TEXT(buffer, "abc...");
}

UNIT_TEST(test_text_measures_strings)
{
    CHECK_EQUAL(mote_string_length(""), 0);
    CHECK_EQUAL(mote_string_length("abc"), 3);
}

UNIT_TEST(test_text_format_fills_in_arguments)
{
    char buffer[40];
    struct mote_text text = mote_text_begin(buffer, sizeof buffer);
    mote_text_format(&text, "%s: %u of %u at %x", "run", (uint32_t)3, UINT32_MAX, (uint32_t)0xBEEF);
    CHECK_TEXT(buffer, "run: 3 of 4294967295 at 0xbeef");
    text = mote_text_begin(buffer, sizeof buffer);
    mote_text_format(&text, "%6s|%4u|%2s|", "abc", (uint32_t)12, "long");
    CHECK_TEXT(buffer, "abc   |12  |long|");
    text = mote_text_begin(buffer, 8);
    mote_text_format(&text, "%s%30s%u", "12345", "x", (uint32_t)7);
    CHECK_TEXT(buffer, "12345x ");
}

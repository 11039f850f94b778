/* base/reader: LEB128 at its limits, spans, counts and names, and that the first failure sticks. */
#include "base/reader.h"
#include "unit.h"

static struct mote_diag diag;

static struct mote_reader reader_over(const uint8_t *bytes, uint32_t size)
{
    mote_diag_init(&diag);
    return mote_reader_over(bytes, 0, size, &diag);
}

#define READ(function, ...) \
    (input = (const uint8_t[]){__VA_ARGS__}, reader = reader_over(input, sizeof((const uint8_t[]){__VA_ARGS__})), function(&reader))

UNIT_TEST(test_reader_u32_leb_reads_every_length)
{
    const uint8_t *input;
    struct mote_reader reader;
    CHECK_EQUAL(READ(mote_read_u32_leb, 0x00), 0);
    CHECK_EQUAL(READ(mote_read_u32_leb, 0x7F), 127);
    CHECK_EQUAL(READ(mote_read_u32_leb, 0x80, 0x01), 128);
    CHECK_EQUAL(READ(mote_read_u32_leb, 0xE5, 0x8E, 0x26), 624485);
    CHECK_EQUAL(READ(mote_read_u32_leb, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), UINT32_MAX);
    CHECK_EQUAL(reader.at, 5);
    CHECK_EQUAL(READ(mote_read_u32_leb, 0x83, 0x80, 0x80, 0x80, 0x00), 3);
    CHECK(!reader.failed);
}

UNIT_TEST(test_reader_u32_leb_rejects_sixth_byte)
{
    const uint8_t *input;
    struct mote_reader reader;
    CHECK_EQUAL(READ(mote_read_u32_leb, 0x83, 0x80, 0x80, 0x80, 0x80, 0x00), 0);
    CHECK(reader.failed);
    CHECK_EQUAL(diag.error, MOTE_ERROR_LEB_TOO_LONG);
}

UNIT_TEST(test_reader_u32_leb_checks_all_fifth_bytes)
{
    for (uint32_t last = 0; last < 256; last++) {
        uint8_t bytes[6] = {0xFF, 0xFF, 0xFF, 0xFF, (uint8_t)last, 0};
        struct mote_reader reader = reader_over(bytes, 6);
        uint32_t value = mote_read_u32_leb(&reader);
        enum mote_error expected = last < 0x10 ? MOTE_ERROR_NONE : last < 0x80 ? MOTE_ERROR_LEB_TOO_LARGE : MOTE_ERROR_LEB_TOO_LONG;
        CHECK_EQUAL(diag.error, expected);
        CHECK_EQUAL(value, expected ? 0 : 0x0FFFFFFF | last << 28);
    }
}

UNIT_TEST(test_reader_s32_leb_checks_all_fifth_bytes)
{
    for (uint32_t last = 0; last < 256; last++) {
        uint8_t bytes[6] = {0x80, 0x80, 0x80, 0x80, (uint8_t)last, 0};
        struct mote_reader reader = reader_over(bytes, 6);
        int32_t value = mote_read_s32_leb(&reader);
        bool fits = last < 0x08 || (last >= 0x78 && last < 0x80);
        enum mote_error expected = fits ? MOTE_ERROR_NONE : last < 0x80 ? MOTE_ERROR_LEB_TOO_LARGE : MOTE_ERROR_LEB_TOO_LONG;
        CHECK_EQUAL(diag.error, expected);
        CHECK_EQUAL((uint32_t)value, fits ? last << 28 : 0);
    }
}

UNIT_TEST(test_reader_s33_leb_checks_all_fifth_bytes)
{
    for (uint32_t last = 0; last < 256; last++) {
        uint8_t bytes[6] = {0x80, 0x80, 0x80, 0x80, (uint8_t)last, 0};
        struct mote_reader reader = reader_over(bytes, 6);
        int64_t value = mote_read_s33_leb(&reader);
        bool fits = last < 0x10 || (last >= 0x70 && last < 0x80);
        enum mote_error expected = fits ? MOTE_ERROR_NONE : last < 0x80 ? MOTE_ERROR_LEB_TOO_LARGE : MOTE_ERROR_LEB_TOO_LONG;
        CHECK_EQUAL(diag.error, expected);
        int64_t sign = last & 0x40 ? -1 : 0;
        CHECK_EQUAL(value, fits ? (uint64_t)last << 28 | (uint64_t)sign << 35 : 0);
    }
}

UNIT_TEST(test_reader_s64_leb_checks_all_tenth_bytes)
{
    for (uint32_t last = 0; last < 256; last++) {
        uint8_t bytes[11] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, (uint8_t)last, 0};
        struct mote_reader reader = reader_over(bytes, 11);
        int64_t value = mote_read_s64_leb(&reader);
        bool fits = last == 0 || last == 0x7F;
        enum mote_error expected = fits ? MOTE_ERROR_NONE : last < 0x80 ? MOTE_ERROR_LEB_TOO_LARGE : MOTE_ERROR_LEB_TOO_LONG;
        CHECK_EQUAL(diag.error, expected);
        CHECK_EQUAL(value, last == 0x7F ? (uint64_t)1 << 63 : 0);
    }
}

UNIT_TEST(test_reader_signed_lebs_read_the_extremes)
{
    const uint8_t *input;
    struct mote_reader reader;
    CHECK_EQUAL(READ(mote_read_s32_leb, 0x7F), -1);
    CHECK_EQUAL(READ(mote_read_s32_leb, 0x40), -64);
    CHECK_EQUAL(READ(mote_read_s32_leb, 0xC0, 0x00), 64);
    CHECK_EQUAL(READ(mote_read_s32_leb, 0xFF, 0xFF, 0xFF, 0xFF, 0x07), INT32_MAX);
    CHECK_EQUAL((uint32_t)READ(mote_read_s32_leb, 0x80, 0x80, 0x80, 0x80, 0x78), (uint32_t)INT32_MIN);
    CHECK_EQUAL(READ(mote_read_s33_leb, 0x40), -64);
    CHECK_EQUAL(READ(mote_read_s33_leb, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), UINT32_MAX);
    CHECK_EQUAL(READ(mote_read_s64_leb, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00), INT64_MAX);
    CHECK_EQUAL(READ(mote_read_s64_leb, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F), INT64_MIN);
    CHECK(!reader.failed);
}

UNIT_TEST(test_reader_lebs_that_end_early_are_unexpected_ends)
{
    static const uint8_t bytes[10] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
    for (uint32_t size = 0; size < 5; size++) {
        struct mote_reader reader = reader_over(bytes, size);
        CHECK_EQUAL(mote_read_u32_leb(&reader), 0);
        CHECK_EQUAL(diag.error, MOTE_ERROR_UNEXPECTED_END);
    }
    for (uint32_t size = 0; size < 10; size++) {
        struct mote_reader reader = reader_over(bytes, size);
        CHECK_EQUAL(mote_read_s64_leb(&reader), 0);
        CHECK_EQUAL(diag.error, MOTE_ERROR_UNEXPECTED_END);
    }
}

UNIT_TEST(test_reader_remembers_the_first_failure_only)
{
    static const uint8_t bytes[] = {1, 2, 3};
    struct mote_reader reader = reader_over(bytes, 3);
    CHECK_EQUAL(mote_read_u8(&reader), 1);
    mote_reader_fail(&reader, MOTE_ERROR_UNKNOWN_TYPE, "first");
    mote_reader_fail(&reader, MOTE_ERROR_UNKNOWN_LABEL, "second");
    CHECK_EQUAL(mote_read_u8(&reader), 0);
    CHECK_EQUAL(mote_read_u32_leb(&reader), 0);
    CHECK_EQUAL(mote_reader_left(&reader), 0);
    CHECK_EQUAL(diag.error, MOTE_ERROR_UNKNOWN_TYPE);
    CHECK_EQUAL(diag.offset, 1);
    CHECK_TEXT(diag.message, "unknown type: first");
}

UNIT_TEST(test_reader_failure_of_one_reader_stays_the_diags_first)
{
    static const uint8_t bytes[] = {1};
    struct mote_reader first = reader_over(bytes, 1);
    struct mote_reader second = mote_reader_over(bytes, 0, 1, &diag);
    mote_reader_fail_at(&first, 7, MOTE_ERROR_BAD_MAGIC, NULL);
    mote_reader_fail_at(&second, 9, MOTE_ERROR_BAD_VERSION, NULL);
    CHECK_EQUAL(diag.error, MOTE_ERROR_BAD_MAGIC);
    CHECK_EQUAL(diag.offset, 7);
}

UNIT_TEST(test_reader_span_takes_exactly_what_is_left)
{
    static const uint8_t bytes[4] = {0};
    struct mote_reader reader = reader_over(bytes, 4);
    CHECK_EQUAL(mote_read_span(&reader, 4), 0);
    CHECK_EQUAL(mote_read_span(&reader, 0), 4);
    CHECK(!reader.failed);
    mote_read_span(&reader, 1);
    CHECK(reader.failed);
}

UNIT_TEST(test_reader_span_length_does_not_wrap)
{
    static const uint8_t bytes[4] = {0};
    struct mote_reader reader = reader_over(bytes, 4);
    mote_read_u8(&reader);
    mote_read_span(&reader, UINT32_MAX);
    CHECK(reader.failed);
}

UNIT_TEST(test_reader_count_is_checked_against_the_bytes_left)
{
    static const uint8_t fits[] = {4, 0, 0, 0, 0};
    struct mote_reader reader = reader_over(fits, 5);
    CHECK_EQUAL(mote_read_count(&reader), 4);
    CHECK(!reader.failed);
    static const uint8_t wants[] = {5, 0, 0, 0, 0};
    reader = reader_over(wants, 5);
    CHECK_EQUAL(mote_read_count(&reader), 0);
    CHECK_EQUAL(diag.offset, 0);
    static const uint8_t huge[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
    reader = reader_over(huge, 5);
    CHECK_EQUAL(mote_read_count(&reader), 0);
    CHECK(reader.failed);
}

UNIT_TEST(test_reader_raw_numbers_are_little_endian_and_bounded)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct mote_reader reader = reader_over(bytes, 9);
    mote_read_u8(&reader); /* unaligned from here */
    CHECK_EQUAL(mote_read_u32_raw(&reader), 0x05040302);
    CHECK_EQUAL(mote_read_u32_raw(&reader), 0x09080706);
    CHECK_EQUAL(mote_read_u32_raw(&reader), 0);
    CHECK_EQUAL(diag.error, MOTE_ERROR_UNEXPECTED_END);
    reader = reader_over(bytes, 8);
    CHECK_EQUAL(mote_read_u64_raw(&reader), UINT64_C(0x0807060504030201));
    reader = reader_over(bytes, 7);
    CHECK_EQUAL(mote_read_u64_raw(&reader), 0);
    CHECK_EQUAL(diag.offset, 7);
}

struct utf8_case {
    const char *bytes;
    bool valid;
};

/* The corners of table 3-7 of the Unicode standard, both sides of each. */
static const struct utf8_case utf8_cases[] = {
    {"", true},
    {"plain", true},
    {"\x7F", true},
    {"\x80", false},
    {"\xC1\xBF", false},
    {"\xC2\x7F", false},
    {"\xC2\x80", true},
    {"\xDF\xBF", true},
    {"\xDF\xC0", false},
    {"\xE0\x9F\xBF", false},
    {"\xE0\xA0\x80", true},
    {"\xEC\xBF\xBF", true},
    {"\xED\x9F\xBF", true},
    {"\xED\xA0\x80", false},
    {"\xEE\x80\x80", true},
    {"\xEF\xBF\xBF", true},
    {"\xEF\xBF", false},
    {"\xF0\x8F\xBF\xBF", false},
    {"\xF0\x90\x80\x80", true},
    {"\xF4\x8F\xBF\xBF", true},
    {"\xF4\x90\x80\x80", false},
    {"\xF5\x80\x80\x80", false},
    {"\xF0\x90\x80", false},
    {"\xF0\x90\x80\x7F", false},
    {"\xFF", false},
    {"ab\xE2\x82", false},
    {"ab\xE2\x82\xAC", true},
};

UNIT_TEST(test_reader_names_are_utf8_exactly)
{
    for (size_t i = 0; i < sizeof utf8_cases / sizeof utf8_cases[0]; i++) {
        uint8_t bytes[16];
        uint32_t length = (uint32_t)strlen(utf8_cases[i].bytes), at;
        bytes[0] = (uint8_t)length;
        memcpy(bytes + 1, utf8_cases[i].bytes, length);
        bytes[length + 1] = 0xBF; /* a continuation byte behind the end must not complete the name */
        struct mote_reader reader = mote_reader_over(bytes, 0, length + 2, (mote_diag_init(&diag), &diag));
        uint32_t got = mote_read_name(&reader, &at);
        CHECK_EQUAL(diag.error, utf8_cases[i].valid ? MOTE_ERROR_NONE : MOTE_ERROR_BAD_UTF8);
        CHECK_EQUAL(got, utf8_cases[i].valid ? length : 0);
    }
}

UNIT_TEST(test_reader_name_longer_than_the_rest_fails)
{
    static const uint8_t bytes[] = {3, 'a', 'b'};
    uint32_t at;
    struct mote_reader reader = reader_over(bytes, 3);
    CHECK_EQUAL(mote_read_name(&reader, &at), 0);
    CHECK(reader.failed);
}

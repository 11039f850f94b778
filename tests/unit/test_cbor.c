/* base/cbor: heads of every length, what does not fit, what is cut short, nested or malformed. */
#include "base/cbor.h"
#include "unit.h"

static uint8_t buffer[256];

static size_t written(const struct mote_cbor_writer *writer)
{
    return (size_t)(writer->at - writer->start);
}

#define CHECK_WRITTEN(put, ...)                                                                   \
    do {                                                                                          \
        static const uint8_t expected[] = {__VA_ARGS__};                                          \
        struct mote_cbor_writer writer = mote_cbor_writer_over(buffer, sizeof buffer);            \
        put;                                                                                      \
        CHECK(!writer.is_full);                                                                   \
        CHECK_EQUAL(written(&writer), sizeof expected);                                           \
        CHECK(memcmp(buffer, expected, sizeof expected) == 0);                                    \
    } while (0)

UNIT_TEST(test_cbor_numbers_are_written_in_their_shortest_form)
{
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 0), 0x00);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 23), 0x17);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 24), 0x18, 0x18);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 255), 0x18, 0xFF);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 256), 0x19, 0x01, 0x00);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, 65536), 0x1A, 0x00, 0x01, 0x00, 0x00);
    CHECK_WRITTEN(mote_cbor_put_uint(&writer, UINT64_MAX), 0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    CHECK_WRITTEN(mote_cbor_put_int(&writer, -1), 0x20);
    CHECK_WRITTEN(mote_cbor_put_int(&writer, -1000), 0x39, 0x03, 0xE7);
    CHECK_WRITTEN(mote_cbor_put_int(&writer, INT64_MIN), 0x3B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
}

UNIT_TEST(test_cbor_texts_bytes_and_containers_are_written)
{
    CHECK_WRITTEN(mote_cbor_put_text(&writer, "rc"), 0x62, 'r', 'c');
    CHECK_WRITTEN(mote_cbor_put_bytes(&writer, "\1\2", 2), 0x42, 1, 2);
    CHECK_WRITTEN(mote_cbor_put_bool(&writer, true), 0xF5);
    CHECK_WRITTEN(mote_cbor_put_bool(&writer, false), 0xF4);
    CHECK_WRITTEN(mote_cbor_put_null(&writer), 0xF6);
    CHECK_WRITTEN((mote_cbor_begin_map(&writer), mote_cbor_put_text(&writer, "a"), mote_cbor_begin_list(&writer),
                   mote_cbor_put_uint(&writer, 7), mote_cbor_end(&writer), mote_cbor_end(&writer)),
                  0xBF, 0x61, 'a', 0x9F, 0x07, 0xFF, 0xFF);
}

UNIT_TEST(test_cbor_writer_stops_at_the_first_item_without_room)
{
    for (size_t size = 0; size < 6; size++) {
        memset(buffer, 0xEE, sizeof buffer);
        struct mote_cbor_writer writer = mote_cbor_writer_over(buffer, size);
        mote_cbor_put_text(&writer, "hello"); /* six bytes */
        mote_cbor_put_uint(&writer, 1);       /* would fit, but comes after */
        CHECK(writer.is_full);
        CHECK_EQUAL(written(&writer), 0);
        CHECK_EQUAL(buffer[0], 0xEE);
    }
}

/* One item of each kind, in both forms of lists and maps. */
static size_t sample(uint8_t *to)
{
    static const uint8_t bytes[] = {0xA7,                                               /* a map of seven */
                                    0x61, 'u', 0x19, 0x12, 0x34,                        /* u: 0x1234 */
                                    0x61, 'n', 0x38, 0x63,                              /* n: -100 */
                                    0x61, 'b', 0x43, 1, 2, 3,                           /* b: three bytes */
                                    0x61, 't', 0x64, 't', 'e', 'x', 't',                /* t: "text" */
                                    0x61, 'l', 0x9F, 0x01, 0x82, 0x02, 0xF6, 0xFF,      /* l: [_ 1, [2, null]] */
                                    0x61, 'f', 0xFB, 0, 0, 0, 0, 0, 0, 0, 21,           /* f: a fraction */
                                    0x61, 'y', 0xC1, 0xF5};                             /* y: 1(true) */
    memcpy(to, bytes, sizeof bytes);
    return sizeof bytes;
}

UNIT_TEST(test_cbor_reader_finds_every_kind_in_a_map)
{
    size_t size = sample(buffer);
    struct mote_cbor_reader reader = mote_cbor_reader_over(buffer, size);
    struct mote_cbor_item map = mote_cbor_next(&reader);
    CHECK_EQUAL(map.kind, MOTE_CBOR_MAP);
    CHECK_EQUAL(reader.at - buffer, size);
    uint64_t number = 0;
    CHECK(mote_cbor_find_uint(&map, "u", &number) && number == 0x1234);
    struct mote_cbor_item negative = mote_cbor_find(&map, "n");
    CHECK(negative.kind == MOTE_CBOR_NEGATIVE && negative.number == 99);
    const uint8_t *bytes;
    size_t count;
    CHECK(mote_cbor_find_bytes(&map, "b", &bytes, &count) && count == 3 && bytes[2] == 3);
    char text[5];
    CHECK(mote_cbor_find_text(&map, "t", text, sizeof text));
    CHECK_TEXT(text, "text");
    CHECK_EQUAL(mote_cbor_find(&map, "f").kind, MOTE_CBOR_OTHER);
    bool truth = false;
    CHECK(mote_cbor_find_bool(&map, "y", &truth) && truth);
    CHECK_EQUAL(mote_cbor_find(&map, "x").kind, MOTE_CBOR_END);

    struct mote_cbor_item list = mote_cbor_find(&map, "l");
    CHECK_EQUAL(mote_cbor_next(&list.items).number, 1);
    struct mote_cbor_item inner = mote_cbor_next(&list.items);
    CHECK_EQUAL(mote_cbor_next(&list.items).kind, MOTE_CBOR_END);
    CHECK_EQUAL(mote_cbor_next(&inner.items).number, 2);
    CHECK_EQUAL(mote_cbor_next(&inner.items).kind, MOTE_CBOR_NULL);
    CHECK_EQUAL(mote_cbor_next(&inner.items).kind, MOTE_CBOR_END);
    CHECK(!inner.items.is_bad && !list.items.is_bad && !reader.is_bad);
}

UNIT_TEST(test_cbor_find_keeps_a_default_and_refuses_other_kinds)
{
    size_t size = sample(buffer);
    struct mote_cbor_reader reader = mote_cbor_reader_over(buffer, size);
    struct mote_cbor_item map = mote_cbor_next(&reader);
    uint64_t number = 42;
    bool truth = true;
    char text[5] = "keep";
    CHECK(!mote_cbor_find_uint(&map, "t", &number) && number == 42);
    CHECK(!mote_cbor_find_uint(&map, "n", &number) && number == 42);
    CHECK(!mote_cbor_find_bool(&map, "u", &truth) && truth);
    CHECK(!mote_cbor_find_text(&map, "b", text, sizeof text));
    CHECK(!mote_cbor_find_text(&map, "t", text, 4)); /* no room for the zero byte */
    CHECK_TEXT(text, "keep");
    struct mote_cbor_item list = mote_cbor_find(&map, "l");
    CHECK_EQUAL(mote_cbor_find(&list, "u").kind, MOTE_CBOR_END);
}

UNIT_TEST(test_cbor_text_with_a_zero_byte_is_refused)
{
    static const uint8_t bytes[] = {0xA1, 0x61, 't', 0x63, 'a', 0, 'b'};
    struct mote_cbor_reader reader = mote_cbor_reader_over(bytes, sizeof bytes);
    struct mote_cbor_item map = mote_cbor_next(&reader);
    char text[8];
    CHECK(!mote_cbor_find_text(&map, "t", text, sizeof text));
}

UNIT_TEST(test_cbor_text_that_is_not_utf8_is_refused)
{
    static const uint8_t bytes[] = {0xA2, 0x61, 't', 0x63, 'a', 0xC3, 0x28, 0x61, 'u', 0x63, 'a', 0xC3, 0xA4};
    struct mote_cbor_reader reader = mote_cbor_reader_over(bytes, sizeof bytes);
    struct mote_cbor_item map = mote_cbor_next(&reader);
    char text[8];
    CHECK(!mote_cbor_find_text(&map, "t", text, sizeof text));
    CHECK(mote_cbor_find_text(&map, "u", text, sizeof text));
    CHECK_TEXT(text, "a\xC3\xA4");
}

/* Copies to the end of a block of its own, so that a sanitizer sees each byte read too far. */
UNIT_TEST(test_cbor_every_truncation_is_bad)
{
    uint8_t whole[64];
    size_t size = sample(whole);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *end = buffer + sizeof buffer;
        memcpy(end - cut, whole, cut);
        struct mote_cbor_reader reader = mote_cbor_reader_over(end - cut, cut);
        struct mote_cbor_item item = mote_cbor_next(&reader);
        CHECK_EQUAL(item.kind, MOTE_CBOR_END);
        CHECK_EQUAL(reader.is_bad, cut > 0);
    }
}

static bool is_bad(const uint8_t *bytes, size_t size)
{
    struct mote_cbor_reader reader = mote_cbor_reader_over(bytes, size);
    return mote_cbor_next(&reader).kind == MOTE_CBOR_END && reader.is_bad;
}

#define CHECK_BAD(...) CHECK(is_bad((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})))

UNIT_TEST(test_cbor_malformed_items_are_bad)
{
    CHECK_BAD(0x1C);                                                      /* reserved length */
    CHECK_BAD(0xFF);                                                      /* an end without a beginning */
    CHECK_BAD(0x5F, 0x41, 'a', 0xFF);                                     /* bytes in pieces */
    CHECK_BAD(0x1F);                                                      /* a number without length */
    CHECK_BAD(0xA1, 0x61, 'a', 0xFF);                                     /* an end for a value */
    CHECK_BAD(0xBF, 0x61, 'a', 0xFF);                                     /* a key without a value */
    CHECK_BAD(0xC1);                                                      /* a tag of nothing */
    CHECK_BAD(0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 'a'); /* longer than anything */
    CHECK_BAD(0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00);
    CHECK_BAD(0xBB, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00); /* twice this is nothing */
}

UNIT_TEST(test_cbor_nesting_is_read_to_a_depth_of_eight)
{
    for (unsigned depth = 1; depth <= 200; depth++) {
        uint8_t definite[200];
        memset(definite, 0x81, depth);
        definite[depth - 1] = 0x80;
        CHECK_EQUAL(is_bad(definite, depth), depth > 8);
        memset(buffer, 0x9F, depth);
        memset(buffer + depth, 0xFF, sizeof buffer - depth);
        CHECK_EQUAL(is_bad(buffer, sizeof buffer), depth > 8 || 2 * depth > sizeof buffer);
    }
}

/* Walks everything in a reader; returns how many items there were. */
static uint32_t walk(struct mote_cbor_reader *reader, const uint8_t *end)
{
    uint32_t count = 0;
    for (struct mote_cbor_item item; (item = mote_cbor_next(reader)).kind != MOTE_CBOR_END; count++) {
        CHECK(item.bytes <= end && item.size <= (size_t)(end - item.bytes));
        if (item.kind == MOTE_CBOR_LIST || item.kind == MOTE_CBOR_MAP) {
            count += walk(&item.items, end);
        }
    }
    return count;
}

UNIT_TEST(test_cbor_random_bytes_never_lead_outside)
{
    uint32_t random = 12345, items = 0;
    for (unsigned round = 0; round < 100000; round++) {
        size_t size = round % 60;
        uint8_t *start = buffer + sizeof buffer - size;
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525 + 1013904223;
            start[i] = (uint8_t)(random >> 24);
            start[i] = i % 3 == 0 ? start[i] : start[i] & 0xE3; /* small numbers, so that containers have a chance */
        }
        struct mote_cbor_reader reader = mote_cbor_reader_over(start, size);
        items += walk(&reader, start + size);
    }
    CHECK(items > 100000);
}

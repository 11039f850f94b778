/* shell/frame: messages in frames on a line with text, noise and losses. */
#include "base/crc.h"
#include "shell/frame.h"
#include "unit.h"

#define ROOM 600

static uint8_t received[ROOM];
static struct mote_frame_reader reader;
static char text[4096];
static unsigned text_size;
static unsigned messages, too_large;
static uint32_t state;

static void start(uint16_t room)
{
    mote_frame_reader_init(&reader, received, room);
    text_size = messages = too_large = 0;
    state = 1;
}

static uint32_t random_below(uint32_t limit)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)state * limit >> 32);
}

static void feed(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t out[2];
        unsigned count;
        enum mote_frame_event event = mote_frame_take(&reader, ((const uint8_t *)bytes)[i], out, &count);
        for (unsigned j = 0; j < count && text_size < sizeof text - 1; j++) {
            text[text_size++] = (char)out[j];
        }
        messages += event == MOTE_FRAME_MESSAGE;
        too_large += event == MOTE_FRAME_TOO_LARGE;
    }
    text[text_size] = '\0';
}

/* A message of `size` bytes that begins with its number. */
static void make(uint8_t *message, uint16_t size, uint32_t number)
{
    memcpy(message, &number, 4);
    for (uint16_t i = 4; i < size; i++) {
        message[i] = (uint8_t)(number * 7 + i);
    }
}

struct lines {
    char bytes[16][MOTE_FRAME_BYTES];
    size_t size[16];
    unsigned count;
};

static struct lines frames_of(const uint8_t *message, uint16_t size)
{
    struct lines lines = {.count = 0};
    struct mote_frame_writer writer;
    mote_frame_begin(&writer, message, size);
    while (lines.count < 16 && (lines.size[lines.count] = mote_frame_next(&writer, lines.bytes[lines.count])) > 0) {
        lines.count++;
    }
    return lines;
}

static void feed_frame(const struct lines *lines, unsigned i)
{
    feed(lines->bytes[i], lines->size[i]);
}

static void feed_all(const struct lines *lines)
{
    for (unsigned i = 0; i < lines->count; i++) {
        feed_frame(lines, i);
    }
}

UNIT_TEST(test_frame_is_that_of_mcumgr)
{
    static const char expected[] = "\x06\x09" "AA9IZWxsbywgd29ybGQhet4=\n"; /* from the documentation of the Python package smp */
    struct lines lines = frames_of((const uint8_t *)"Hello, world!", 13);
    CHECK_EQUAL(lines.count, 1);
    CHECK_EQUAL(lines.size[0], sizeof expected - 1);
    CHECK(memcmp(lines.bytes[0], expected, sizeof expected - 1) == 0);
}

UNIT_TEST(test_frame_every_size_arrives_as_it_was_sent)
{
    uint8_t message[ROOM];
    for (uint16_t size = 8; size <= ROOM; size++) {
        start(ROOM);
        make(message, size, size);
        struct lines lines = frames_of(message, size);
        for (unsigned i = 0; i < lines.count; i++) {
            CHECK(lines.size[i] <= MOTE_FRAME_BYTES && lines.bytes[i][lines.size[i] - 1] == '\n');
            CHECK(memcmp(lines.bytes[i], i == 0 ? "\x06\x09" : "\x04\x14", 2) == 0);
        }
        feed_all(&lines);
        CHECK(messages == 1 && reader.length - 2 == size && memcmp(received, message, size) == 0);
        CHECK_EQUAL(text_size, 0);
    }
}

UNIT_TEST(test_frame_text_around_messages_stays_text)
{
    uint8_t message[200];
    make(message, sizeof message, 9);
    struct lines lines = frames_of(message, sizeof message);
    start(ROOM);
    feed("ls\r\x06x\x04\x04y", 8);
    feed_frame(&lines, 0);
    feed("between\n", 8);
    feed_frame(&lines, 1);
    feed_frame(&lines, 2);
    feed("after", 5);
    CHECK_EQUAL(messages, 1);
    CHECK_TEXT(text, "ls\r\x06x\x04\x04y" "between\nafter");
}

UNIT_TEST(test_frame_lone_start_is_text_when_nothing_follows)
{
    uint8_t byte = 0;
    start(ROOM);
    feed("\x04", 1);
    CHECK_EQUAL(text_size, 0);
    CHECK(mote_frame_take_held(&reader, &byte) && byte == 4);
    CHECK(!mote_frame_take_held(&reader, &byte));
    feed("\x06\x09QUFB\x06", 7); /* inside of a frame it never becomes text */
    CHECK(!mote_frame_take_held(&reader, &byte));
    feed("QUFB\n", 5);
    CHECK_EQUAL(text_size, 0);
}

UNIT_TEST(test_frame_carriage_return_ends_a_frame_too)
{
    uint8_t message[20];
    make(message, sizeof message, 1);
    struct lines lines = frames_of(message, sizeof message);
    start(ROOM);
    feed(lines.bytes[0], lines.size[0] - 1);
    feed("\r\nls\r\n", 6);
    CHECK_EQUAL(messages, 1);
    CHECK_TEXT(text, "ls\r\n");
}

UNIT_TEST(test_frame_wrong_crc_is_counted_and_dropped)
{
    uint8_t message[20];
    make(message, sizeof message, 1);
    struct lines lines = frames_of(message, sizeof message);
    start(ROOM);
    lines.bytes[0][10] ^= 1; /* another letter */
    feed_all(&lines);
    CHECK(messages == 0 && reader.counts.wrong == 1);
    CHECK_EQUAL(text_size, 0);
}

/* A frame over any bytes: length, data, CRC as they are given. */
static void feed_raw(unsigned length, const uint8_t *data, uint16_t size)
{
    struct mote_frame_writer writer;
    char frame[MOTE_FRAME_BYTES];
    mote_frame_begin(&writer, data, size);
    writer.size = (uint16_t)(length - 2); /* what the frame says */
    writer.at = 0;
    size_t count = mote_frame_next(&writer, frame);
    feed(frame, count);
}

UNIT_TEST(test_frame_wrong_length_gives_no_message)
{
    uint8_t data[80] = {1, 2, 3};
    for (unsigned length = 2; length <= 82; length++) {
        start(ROOM);
        feed_raw(length, data, 60);
        CHECK_EQUAL(messages, length == 62);
        CHECK_EQUAL(text_size, 0);
    }
}

UNIT_TEST(test_frame_too_large_a_message_is_told_with_its_header)
{
    uint8_t message[500];
    make(message, sizeof message, 77);
    struct lines lines = frames_of(message, sizeof message);
    start(100);
    memset(received, 0, sizeof received);
    feed_all(&lines);
    CHECK(messages == 0 && too_large == 1);
    CHECK(memcmp(received, message, 100) == 0);
    CHECK_EQUAL(received[100], 0);
    lines.bytes[2][20] ^= 1; /* noise must not be answered */
    feed_all(&lines);
    CHECK(too_large == 1 && reader.counts.wrong == 1);
}

UNIT_TEST(test_frame_lost_fragment_gives_no_message_and_the_next_one_arrives)
{
    uint8_t message[500];
    make(message, sizeof message, 3);
    struct lines lines = frames_of(message, sizeof message);
    for (unsigned lost = 0; lost < lines.count; lost++) {
        start(ROOM);
        for (unsigned i = 0; i < lines.count; i++) {
            if (i != lost) {
                feed_frame(&lines, i);
            }
        }
        CHECK_EQUAL(messages, 0);
        feed_all(&lines);
        CHECK_EQUAL(messages, 1);
        CHECK_EQUAL(text_size, 0);
    }
}

UNIT_TEST(test_frame_duplicated_and_reordered_fragments_give_no_message)
{
    uint8_t message[500];
    make(message, sizeof message, 4);
    struct lines lines = frames_of(message, sizeof message);
    for (unsigned at = 1; at + 1 < lines.count; at++) {
        start(ROOM);
        for (unsigned i = 0; i < lines.count; i++) {
            feed_frame(&lines, i);
            if (i == at) {
                feed_frame(&lines, i);
            }
        }
        CHECK_EQUAL(messages, 0);
        for (unsigned i = 0; i < lines.count; i++) {
            feed_frame(&lines, i == at ? at + 1 : i == at + 1 ? at : i);
        }
        CHECK_EQUAL(messages, 0);
        feed_all(&lines);
        CHECK_EQUAL(messages, 1);
    }
}

/* Bytes as noise leaves them: bits flipped, bytes lost, doubled, or put in. */
static size_t damage(char *bytes, size_t size, size_t room)
{
    for (uint32_t times = 1 + random_below(3); times > 0 && size > 1; times--) {
        size_t at = random_below((uint32_t)size);
        switch (random_below(4)) {
        case 0: bytes[at] = (char)(bytes[at] ^ 1 << random_below(8)); break;
        case 1: memmove(bytes + at, bytes + at + 1, --size - at); break;
        case 2:
            if (size < room) {
                memmove(bytes + at + 1, bytes + at, size++ - at);
            }
            break;
        default: bytes[at] = (char)random_below(256); break;
        }
    }
    return size;
}

/* Streams of noise, damaged frames and text; then, without a pause, a message that must arrive. What arrives otherwise was sent, but for the few
   messages that a CRC of 16 bits cannot tell from others. */
UNIT_TEST(test_frame_random_streams_are_back_in_step_at_the_next_frame)
{
    unsigned wrong = 0, lost = 0, damaged = 0;
    start(ROOM);
    for (uint32_t round = 0; round < 100000; round++) {
        uint8_t message[120], noise[80];
        char line[2 * MOTE_FRAME_BYTES];
        make(message, (uint16_t)(8 + random_below(100)), round);
        struct lines lines = frames_of(message, (uint16_t)(8 + random_below(100)));
        for (unsigned i = 0; i < lines.count; i++) {
            memcpy(line, lines.bytes[i], lines.size[i]);
            feed(line, damage(line, lines.size[i], sizeof line));
        }
        damaged += messages == 0;
        wrong += messages > 0 && memcmp(received + 4, message + 4, 4) != 0;
        for (unsigned i = 0; i < sizeof noise; i++) {
            noise[i] = (uint8_t)(round % 3 == 0 ? random_below(256) : round % 3 == 1 ? 0xFF : 0);
        }
        messages = 0;
        feed(noise, random_below(sizeof noise));
        wrong += messages > 0;
        messages = text_size = 0;
        make(message, sizeof message, ~round);
        lines = frames_of(message, sizeof message);
        feed_all(&lines);
        lost += messages == 0 || memcmp(received, message, sizeof message) != 0;
        messages = text_size = 0;
    }
    CHECK_EQUAL(lost, 0);
    CHECK(wrong <= 10);
    CHECK(damaged > 50000);
}

UNIT_TEST(test_frame_flood_without_an_end_never_becomes_text)
{
    start(ROOM);
    feed("\x06\x09", 2);
    for (unsigned i = 0; i < 20000; i++) {
        feed(i % 2 ? "A" : "\xFF", 1);
    }
    CHECK_EQUAL(text_size, 0);
    feed("\rls\r", 4); /* whoever sits there presses Enter */
    CHECK_TEXT(text, "ls\r");
}

UNIT_TEST(test_frame_checksums_are_the_known_ones)
{
    CHECK_EQUAL(mote_crc16(0, "123456789", 9), 0x31C3);
    CHECK_EQUAL(mote_crc32(0, "123456789", 9), 0xCBF43926);
    CHECK_EQUAL(mote_crc32(mote_crc32(0, "1234", 4), "56789", 5), 0xCBF43926);
}

/* shell/line: what modules print cannot harm a terminal or look like a frame; messages overtake text. */
#include "shell/line.h"
#include "unit.h"

static struct mote_line line;

/* What comes out of the filter. */
static const char *filtered(const char *bytes, size_t size)
{
    static char out[4096];
    struct mote_text_filter filter = {.held = 0};
    size_t count = 0;
    for (size_t i = 0; i < size && count + 5 < sizeof out; i++) {
        count += mote_text_filter(&filter, (uint8_t)bytes[i], out + count);
    }
    out[count] = '\0';
    return out;
}

#define FILTERED(text) filtered(text, sizeof(text) - 1)

UNIT_TEST(test_line_filter_replaces_what_moves_a_terminal)
{
    CHECK_TEXT(FILTERED("plain\ttext\r\n"), "plain\ttext\r\n");
    CHECK_TEXT(FILTERED("\x1b[2J\x1b]0;title\a"), "?[2J?]0;title?");
    CHECK_TEXT(FILTERED("\0\b\v\f\x0e\x7f"), "??????");
    CHECK_TEXT(FILTERED("\x06\tAAAA\n\x04\x14"), "?\tAAAA\n??");
}

UNIT_TEST(test_line_filter_passes_well_formed_utf8_only)
{
    CHECK_TEXT(FILTERED("gr\xC3\xBC\xC3\x9F, \xE2\x82\xAC, \xF0\x9F\x98\x80"), "gr\xC3\xBC\xC3\x9F, \xE2\x82\xAC, \xF0\x9F\x98\x80");
    CHECK_TEXT(FILTERED("\xC2\x9B" "2J"), "?2J");             /* a control character in two bytes */
    CHECK_TEXT(FILTERED("\x9B" "2J"), "?2J");
    CHECK_TEXT(FILTERED("\xC0\xAF \xE0\x80\xAF"), "? ?");      /* longer than need be */
    CHECK_TEXT(FILTERED("\xED\xA0\x80"), "?");                 /* half of a pair */
    CHECK_TEXT(FILTERED("\xF4\x90\x80\x80\xFFx"), "??x");
    CHECK_TEXT(FILTERED("\xE2\x82" "A\xC3\xC3\xBC"), "?A?\xC3\xBC");
}

UNIT_TEST(test_line_filter_output_is_never_longer_than_its_input)
{
    char bytes[64];
    uint32_t state = 1;
    for (unsigned round = 0; round < 20000; round++) {
        for (unsigned i = 0; i < sizeof bytes; i++) {
            state = state * 1664525 + 1013904223;
            bytes[i] = (char)(state >> 24);
        }
        const char *out = filtered(bytes, sizeof bytes);
        CHECK(strlen(out) <= sizeof bytes);
        for (; *out; out++) {
            CHECK((uint8_t)*out >= 0x20 || *out == '\n' || *out == '\r' || *out == '\t');
        }
    }
}

UNIT_TEST(test_line_queue_takes_what_fits_and_counts_the_rest)
{
    memset(&line, 0, sizeof line);
    CHECK_EQUAL(mote_line_room(&line), sizeof line.queue / 2);
    for (unsigned i = 0; i < sizeof line.queue; i++) {
        mote_line_text(&line, "x", 1);
    }
    CHECK(line.count == sizeof line.queue && line.lost == 0);
    CHECK_EQUAL(mote_line_room(&line), 0);
    mote_line_text(&line, "y\n", 2);
    CHECK_EQUAL(line.lost, 3);
    CHECK_EQUAL(line.queue[sizeof line.queue - 1], 'x');
}

UNIT_TEST(test_line_room_holds_text_of_line_feeds)
{
    memset(&line, 0, sizeof line);
    size_t room = mote_line_room(&line);
    for (size_t i = 0; i < room; i++) {
        mote_line_text(&line, "\n", 1);
    }
    CHECK_EQUAL(line.lost, 0);
}

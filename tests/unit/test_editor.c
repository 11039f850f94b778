/* shell/editor: keys, as terminals send them, make lines; what they show is replayed on a small model of a terminal's line. */
#include "shell/editor.h"
#include "unit.h"

static struct mote_line line;
static struct mote_editor editor;
static enum mote_editor_event last;

/* What a terminal shows in the line of the cursor. Knows what the editor sends: characters, backspace, the clearing of the line's end, CR LF. */
static struct {
    char text[400];
    unsigned length, cursor;
} shown;

static void show_byte(char byte)
{
    if (byte == '\b') {
        CHECK(shown.cursor > 0);
        shown.cursor -= shown.cursor > 0;
    } else if (byte == '\n') {
        shown.length = shown.cursor = 0;
    } else if (byte == '\r') {
        shown.cursor = 0;
    } else if (byte != '\a') {
        shown.text[shown.cursor++] = byte;
        shown.length = shown.length < shown.cursor ? shown.cursor : shown.length;
    }
    shown.text[shown.length] = '\0';
}

static void show_queue(void)
{
    while (line.count > 0) {
        char byte = line.queue[line.first];
        line.first = (line.first + 1) % sizeof line.queue;
        line.count--;
        if (byte == '\x1b') { /* ESC [ K */
            shown.length = shown.cursor;
            shown.text[shown.length] = '\0';
            line.first = (line.first + 2) % sizeof line.queue;
            line.count -= 2;
        } else {
            show_byte(byte);
        }
    }
}

static void start(const char *prompt)
{
    memset(&line, 0, sizeof line);
    memset(&editor, 0, sizeof editor);
    editor.line = &line;
    editor.prompt = prompt;
    shown.length = shown.cursor = 0;
    mote_editor_draw(&editor);
    show_queue();
}

/* Types, and checks that the terminal shows the line with the cursor at its place. The editor's line is given back as it is now. */
static const char *type(const char *keys)
{
    for (; *keys; keys++) {
        last = mote_editor_key(&editor, (uint8_t)*keys);
        show_queue();
        if (last == MOTE_EDITOR_LINE) {
            break;
        }
    }
    static char now[MOTE_EDITOR_LINE_BYTES];
    memcpy(now, editor.text, editor.length);
    now[editor.length] = '\0';
    if (last == MOTE_EDITOR_NOTHING) {
        size_t prompt = strlen(editor.prompt);
        CHECK_TEXT(shown.text + prompt, now);
        CHECK_EQUAL(shown.cursor, prompt + editor.cursor);
    }
    return now;
}

static void enter(const char *keys)
{
    type(keys);
    CHECK_EQUAL(last, MOTE_EDITOR_NOTHING);
    type("\r");
    CHECK_EQUAL(last, MOTE_EDITOR_LINE);
    mote_editor_clear(&editor);
    mote_editor_draw(&editor);
    show_queue();
}

#define UP "\x1b[A"
#define DOWN "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT "\x1b[D"

UNIT_TEST(test_editor_line_is_what_was_typed)
{
    start("> ");
    CHECK_TEXT(type("ls -l"), "ls -l");
    CHECK_TEXT(type("\r"), "ls -l");
    CHECK_EQUAL(last, MOTE_EDITOR_LINE);
    CHECK_TEXT(editor.text, "ls -l");
}

UNIT_TEST(test_editor_carriage_return_and_line_feed_end_one_line)
{
    start("> ");
    enter("a");
    CHECK_TEXT(type("\nb"), "b"); /* the line feed belonged to the carriage return */
    enter("");
    type("\n\n");
    CHECK_EQUAL(last, MOTE_EDITOR_LINE); /* a second one does not */
}

UNIT_TEST(test_editor_cursor_moves_and_text_is_put_in_between)
{
    start("> ");
    CHECK_TEXT(type("wrld" LEFT LEFT LEFT "o"), "world");
    CHECK_TEXT(type("\x01hello "), "hello world");
    CHECK_TEXT(type("\x05!"), "hello world!");
    CHECK_TEXT(type("\x1b[H>\x1b[F<"), ">hello world!<");
    CHECK_TEXT(type("\x1b[1~(\x1b[4~)"), "(>hello world!<)");
    CHECK_TEXT(type("\x1bOH[\x1bOF]"), "[(>hello world!<)]");
    CHECK_TEXT(type(RIGHT RIGHT "." ), "[(>hello world!<)].");
}

UNIT_TEST(test_editor_deletes_characters_words_and_rests)
{
    start("> ");
    CHECK_TEXT(type("abc\b\x7f"), "a");
    CHECK_TEXT(type("\b\b\b"), "");
    CHECK_TEXT(type("one two  three" "\x17"), "one two  ");
    CHECK_TEXT(type("\x17"), "one ");
    CHECK_TEXT(type("two" LEFT LEFT LEFT "\x0b"), "one ");
    CHECK_TEXT(type("four" LEFT LEFT "\x15"), "ur");
    CHECK_TEXT(type("\x1b[3~"), "r");
    CHECK_TEXT(type("\x04\x04"), "");
    CHECK_EQUAL(last, MOTE_EDITOR_END);
}

UNIT_TEST(test_editor_characters_of_several_bytes_are_one)
{
    start("> ");
    type("a");
    for (const char *key = "\xC3\xBC"; *key; key++) {
        mote_editor_key(&editor, (uint8_t)*key);
    }
    CHECK_EQUAL(editor.length, 3);
    mote_editor_key(&editor, '\b');
    CHECK_EQUAL(editor.length, 1);
    for (const char *key = "\xE2\x82\xAC\x1b[D\x1b[D"; *key; key++) {
        mote_editor_key(&editor, (uint8_t)*key);
    }
    CHECK(editor.length == 4 && editor.cursor == 0 && !editor.is_garbled);
}

UNIT_TEST(test_editor_history_gives_lines_back)
{
    start("> ");
    enter("first");
    enter("second");
    enter("second");
    CHECK_TEXT(type(UP), "second");
    CHECK_TEXT(type(UP), "first");
    CHECK_TEXT(type(UP), "first");
    CHECK_TEXT(type(DOWN), "second");
    CHECK_TEXT(type(DOWN), "");
    CHECK_TEXT(type("\x10\x10!"), "first!");
    enter("");
    CHECK_TEXT(type(UP), "first!");
}

UNIT_TEST(test_editor_history_forgets_the_oldest)
{
    char text[MOTE_EDITOR_LINE_BYTES];
    start("> ");
    for (unsigned i = 0; i < MOTE_EDITOR_HISTORY_BYTES; i++) {
        memset(text, 'a' + i % 26, 1 + i % 30);
        text[1 + i % 30] = '\0';
        enter(text);
        CHECK_TEXT(type(UP), text);
        enter("");
        CHECK(editor.history_size <= sizeof editor.history && editor.history[editor.history_size - 1] == '\0');
    }
}

UNIT_TEST(test_editor_input_of_a_module_gets_no_history)
{
    start("");
    enter("secret");
    CHECK_EQUAL(editor.history_size, 0);
    CHECK_TEXT(type(UP "x"), "x");
}

UNIT_TEST(test_editor_interrupt_empties_the_line)
{
    start("> ");
    type("rm something\x03");
    CHECK_EQUAL(last, MOTE_EDITOR_INTERRUPT);
    CHECK_EQUAL(editor.length, 0);
    type("\x1b\x03"); /* also in the middle of an escape sequence */
    CHECK_EQUAL(last, MOTE_EDITOR_INTERRUPT);
}

UNIT_TEST(test_editor_garbled_line_is_never_given_out)
{
    static const char noise[] = {'\x06', '\x14', '\xFF', '\x80', '\xC0', '\x1e', '\x00'};
    for (unsigned i = 0; i < sizeof noise; i++) {
        start("> ");
        type("rm x");
        mote_editor_key(&editor, (uint8_t)noise[i]);
        last = mote_editor_key(&editor, '\r');
        CHECK_EQUAL(last, MOTE_EDITOR_GARBLED);
        CHECK_EQUAL(editor.length, 0);
        mote_editor_draw(&editor);
        CHECK_TEXT(type("ls"), "ls"); /* the next one is all right again */
        CHECK_EQUAL(mote_editor_key(&editor, '\r'), MOTE_EDITOR_LINE);
    }
}

UNIT_TEST(test_editor_too_long_a_line_is_not_cut_but_refused)
{
    start("> ");
    for (unsigned i = 0; i + 1 < MOTE_EDITOR_LINE_BYTES; i++) {
        mote_editor_key(&editor, 'x');
        show_queue();
    }
    CHECK(!editor.is_garbled);
    mote_editor_key(&editor, 'x');
    CHECK_EQUAL(mote_editor_key(&editor, '\r'), MOTE_EDITOR_GARBLED);
}

UNIT_TEST(test_editor_random_keys_stay_within_the_line)
{
    static const char keys[] = "abc \b\x7f\x01\x05\x0b\x15\x17\x10\x0e\r\n\t";
    static const char *const sequences[] = {UP, DOWN, LEFT, RIGHT, "\x1b[3~", "\x1b[H", "\x1b[F"};
    uint32_t state = 7;
    start("> ");
    for (unsigned i = 0; i < 200000; i++) {
        state = state * 1664525 + 1013904223;
        unsigned choice = state >> 24;
        char one[2] = {keys[choice % (sizeof keys - 1)], '\0'};
        type(choice < 200 ? one : sequences[choice % 7]);
        CHECK(editor.cursor <= editor.length && editor.length < sizeof editor.text);
        if (last == MOTE_EDITOR_LINE) {
            mote_editor_clear(&editor);
            mote_editor_draw(&editor);
            show_queue();
        }
    }
}

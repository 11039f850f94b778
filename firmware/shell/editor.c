/* The line editor; see editor.h. It moves the terminal's cursor by backspaces and by writing characters anew, so that the line may begin anywhere;
   of escape sequences it sends only those that clear. */
#include "shell/editor.h"

#include "base/bits.h"
#include "base/text.h"

#define CONTROL(letter) ((letter) & 0x1F)
#define BELL "\a"
#define CLEAR_TO_END "\x1b[K"
#define CLEAR_SCREEN "\x1b[2J\x1b[H"

enum escape { NO_ESCAPE, ESCAPE, ESCAPE_OPEN };

static void say(struct mote_editor *editor, const char *bytes)
{
    mote_line_keys(editor->line, bytes, mote_string_length(bytes));
}

static bool is_behind_first(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80; /* not the first byte of its character */
}

static void move_back(struct mote_editor *editor, uint32_t from, uint32_t to)
{
    while (from > to) {
        if (!is_behind_first(editor->text[--from])) {
            say(editor, "\b");
        }
    }
}

/* Shows the line from `from` on, where the terminal's cursor is, and brings that to where it belongs. */
static void show(struct mote_editor *editor, uint32_t from)
{
    mote_line_keys(editor->line, editor->text + from, editor->length - from);
    say(editor, CLEAR_TO_END);
    move_back(editor, editor->length, editor->cursor);
}

void mote_editor_draw(struct mote_editor *editor)
{
    say(editor, editor->prompt);
    show(editor, 0);
}

void mote_editor_clear(struct mote_editor *editor)
{
    editor->length = editor->cursor = 0;
    editor->recalled = 0;
    editor->is_garbled = false;
}

/* ---- Editing ----------------------------------------------------------------------------------------------------- */

/* The place of the character before or behind `at`. */
static uint32_t before(const struct mote_editor *editor, uint32_t at)
{
    do {
        at -= at > 0;
    } while (at > 0 && is_behind_first(editor->text[at]));
    return at;
}

static uint32_t behind(const struct mote_editor *editor, uint32_t at)
{
    do {
        at += at < editor->length;
    } while (at < editor->length && is_behind_first(editor->text[at]));
    return at;
}

static void move_to(struct mote_editor *editor, uint32_t at)
{
    if (at < editor->cursor) {
        move_back(editor, editor->cursor, at);
    } else {
        mote_line_keys(editor->line, editor->text + editor->cursor, at - editor->cursor);
    }
    editor->cursor = at;
}

/* Takes text[from, to) away; the cursor is at one of both. */
static void delete(struct mote_editor *editor, uint32_t from, uint32_t to)
{
    move_to(editor, from);
    memmove(editor->text + from, editor->text + to, editor->length - to);
    editor->length -= to - from;
    show(editor, from);
}

static uint32_t word_before(const struct mote_editor *editor)
{
    uint32_t at = editor->cursor;
    while (at > 0 && editor->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && editor->text[at - 1] != ' ') {
        at--;
    }
    return at;
}

/* Whether no key sends this byte: control characters, and what UTF-8 does not have at this place. */
static bool is_noise(const struct mote_editor *editor, uint8_t byte)
{
    bool is_inside = editor->cursor > 0 && (uint8_t)editor->text[editor->cursor - 1] >= 0x80;
    return byte < 0x20 || byte == 0xC0 || byte == 0xC1 || byte > 0xF4 || (is_behind_first((char)byte) && !is_inside);
}

static void insert(struct mote_editor *editor, uint8_t byte)
{
    bool is_at_end = editor->cursor == editor->length;
    if (is_noise(editor, byte) || editor->length + 1 >= MOTE_EDITOR_LINE_BYTES) {
        editor->is_garbled = true;
        return;
    }
    if (byte >= 0x80 && !is_at_end) { /* comes in several bytes: we would show half of it */
        say(editor, BELL);
        return;
    }
    memmove(editor->text + editor->cursor + 1, editor->text + editor->cursor, editor->length - editor->cursor);
    editor->text[editor->cursor] = (char)byte;
    editor->cursor++;
    editor->length++;
    if (is_at_end) {
        mote_line_keys(editor->line, editor->text + editor->cursor - 1, 1);
    } else {
        show(editor, editor->cursor - 1);
    }
}

/* ---- History ----------------------------------------------------------------------------------------------------- */

/* Line number `i` of the history, counted from the newest, 1; NULL when there is none. */
static const char *find_line(const struct mote_editor *editor, unsigned i)
{
    uint32_t at = editor->history_size;
    while (i-- > 0) {
        if (at == 0) {
            return NULL;
        }
        do {
            at--;
        } while (at > 0 && editor->history[at - 1] != '\0');
    }
    return editor->history + at;
}

static void remember(struct mote_editor *editor)
{
    uint32_t size = editor->length + 1;
    const char *newest = find_line(editor, 1);
    if (editor->length == 0 || !editor->prompt[0] || size > sizeof editor->history ||
        (newest && newest + size == editor->history + editor->history_size && memcmp(newest, editor->text, size) == 0)) {
        return;
    }
    while (editor->history_size + size > sizeof editor->history) {
        uint32_t oldest = (uint32_t)(mote_string_length(editor->history) + 1);
        editor->history_size -= oldest;
        memmove(editor->history, editor->history + oldest, editor->history_size);
    }
    memcpy(editor->history + editor->history_size, editor->text, size);
    editor->history_size += size;
}

static void recall(struct mote_editor *editor, int step)
{
    int wanted = editor->recalled + step;
    const char *line = wanted == 0 ? "" : wanted > 0 ? find_line(editor, (unsigned)wanted) : NULL;
    if (!editor->prompt[0] || !line || wanted > UINT8_MAX) {
        say(editor, BELL);
        return;
    }
    move_to(editor, 0);
    editor->recalled = (uint8_t)wanted;
    size_t length = mote_string_length(line);
    editor->length = editor->cursor = (uint32_t)(length < sizeof editor->text ? length : sizeof editor->text - 1);
    memcpy(editor->text, line, editor->length);
    show(editor, 0);
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

static enum mote_editor_event enter(struct mote_editor *editor)
{
    editor->text[editor->length] = '\0';
    say(editor, "\r\n");
    if (editor->is_garbled) {
        mote_editor_clear(editor);
        return MOTE_EDITOR_GARBLED;
    }
    remember(editor);
    return MOTE_EDITOR_LINE;
}

enum action { INSERT, HOME, END, LEFT, RIGHT, UP, DOWN, DELETE, BACKSPACE, KILL_WORD, KILL_START, KILL_END, CLEAR };

/* Key and action. Behind the escape sequences' keys stand the numbers of those that have one. */
static const uint8_t key_rows[][2] = {
    {CONTROL('A'), HOME},      {CONTROL('E'), END},  {CONTROL('B'), LEFT},      {CONTROL('P'), UP},        {CONTROL('N'), DOWN},  {CONTROL('D'), DELETE},
    {CONTROL('H'), BACKSPACE}, {0x7F, BACKSPACE},    {CONTROL('W'), KILL_WORD}, {CONTROL('U'), KILL_START}, {CONTROL('K'), KILL_END}, {CONTROL('L'), CLEAR},
    {0, INSERT},
};
static const uint8_t escape_rows[][2] = {
    {'A', UP}, {'B', DOWN}, {'C', RIGHT}, {'D', LEFT}, {'H', HOME}, {'F', END}, {1, HOME}, {7, HOME}, {4, END}, {8, END}, {3, DELETE}, {0, INSERT},
};

static enum action find_action(const uint8_t (*rows)[2], uint8_t key)
{
    while ((*rows)[0] != 0 && (*rows)[0] != key) {
        rows++;
    }
    return (enum action)(*rows)[1];
}

static void act(struct mote_editor *editor, enum action action)
{
    uint32_t at = editor->cursor;
    switch (action) {
    case HOME: move_to(editor, 0); break;
    case END: move_to(editor, editor->length); break;
    case LEFT: move_to(editor, before(editor, at)); break;
    case RIGHT: move_to(editor, behind(editor, at)); break;
    case UP: recall(editor, 1); break;
    case DOWN: recall(editor, -1); break;
    case DELETE: delete(editor, at, behind(editor, at)); break;
    case BACKSPACE: delete(editor, before(editor, at), at); break;
    case KILL_WORD: delete(editor, word_before(editor), at); break;
    case KILL_START: delete(editor, 0, at); break;
    case KILL_END: delete(editor, at, editor->length); break;
    case CLEAR:
        say(editor, CLEAR_SCREEN);
        mote_editor_draw(editor);
        break;
    case INSERT: break;
    }
}

/* A byte of an escape sequence: ESC [ A, ESC O A, or ESC [ 3 ~ for keys that have a number. */
static void take_escape(struct mote_editor *editor, uint8_t key)
{
    if (editor->escape == ESCAPE) {
        editor->escape = key == '[' || key == 'O' ? ESCAPE_OPEN : NO_ESCAPE;
        editor->number = 0;
    } else if (key >= '0' && key <= '9') {
        editor->number = (uint8_t)(editor->number * 10 + key - '0');
    } else if (key < 0x20 || key >= 0x40) {
        editor->escape = NO_ESCAPE;
        editor->is_garbled = editor->is_garbled || key < 0x20;
        act(editor, find_action(escape_rows, key == '~' ? editor->number : key));
    }
}

static void take_key(struct mote_editor *editor, uint8_t key)
{
    enum action action = find_action(key_rows, key);
    if (key == CONTROL('[')) {
        editor->escape = ESCAPE;
    } else if (action != INSERT) {
        act(editor, action);
    } else {
        insert(editor, key == '\t' ? ' ' : key);
    }
}

enum mote_editor_event mote_editor_key(struct mote_editor *editor, uint8_t key)
{
    bool is_rest_of_end = key == '\n' && editor->is_after_cr;
    editor->is_after_cr = key == '\r';
    if (is_rest_of_end) {
        return MOTE_EDITOR_NOTHING;
    }
    if (key == CONTROL('C')) {
        mote_editor_clear(editor);
        editor->escape = NO_ESCAPE;
        return MOTE_EDITOR_INTERRUPT;
    }
    if (key == '\r' || key == '\n') {
        editor->escape = NO_ESCAPE;
        return enter(editor);
    }
    if (editor->escape != NO_ESCAPE) {
        take_escape(editor, key);
    } else if (key == CONTROL('D') && editor->length == 0 && !editor->is_garbled) {
        return MOTE_EDITOR_END;
    } else {
        take_key(editor, key);
    }
    return MOTE_EDITOR_NOTHING;
}

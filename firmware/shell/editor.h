/* The line editor: keys of a terminal become a line of text, with cursor, deleting and a history of the last lines. A line that noise got into is never given out. */
#ifndef SHELL_EDITOR_H
#define SHELL_EDITOR_H

#include "base/config.h"
#include "shell/line.h"

#define MOTE_EDITOR_LINE_BYTES CONFIG_SHELL_LINE_BYTES
#define MOTE_EDITOR_HISTORY_BYTES CONFIG_SHELL_HISTORY_BYTES

struct mote_editor {
    struct mote_line *line; /* where the line is shown */
    const char *prompt;         /* in front of it; "" for the input of a module, which gets no history */
    uint32_t length, cursor;
    bool is_garbled;            /* holds a byte that no key sends, or did not find room */
    bool is_after_cr;           /* a line feed that follows belongs to the carriage return */
    uint8_t escape;             /* where in an escape sequence we are */
    uint8_t number;             /* in it */
    uint8_t recalled;           /* which line of the history is shown, counted from the newest; 0: none */
    uint32_t history_size;
    char text[MOTE_EDITOR_LINE_BYTES];
    char history[MOTE_EDITOR_HISTORY_BYTES]; /* lines with a zero byte each, the newest last */
};

enum mote_editor_event {
    MOTE_EDITOR_NOTHING,
    MOTE_EDITOR_LINE,      /* `text`, with a zero byte behind it, is complete: use it, then mote_editor_clear */
    MOTE_EDITOR_GARBLED,   /* a line was complete, but must not be used */
    MOTE_EDITOR_INTERRUPT, /* Ctrl-C; the line is empty now */
    MOTE_EDITOR_END,       /* Ctrl-D on an empty line */
};

enum mote_editor_event mote_editor_key(struct mote_editor *editor, uint8_t key);
/* Empties the line; shows nothing. */
void mote_editor_clear(struct mote_editor *editor);
/* Shows prompt and line, the terminal's cursor being at the start of a line. */
void mote_editor_draw(struct mote_editor *editor);

#endif

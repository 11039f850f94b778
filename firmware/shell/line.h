/* All that the device says on its line, through one bounded queue: text, and messages in frames, which go first. A frame begins on a line of its own; nothing that a
   module prints can look like one or change the state of a terminal. Nothing here waits longer than a few milliseconds. */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include "base/config.h"
#include "shell/frame.h"

#define MOTE_LINE_QUEUE_BYTES CONFIG_SHELL_QUEUE_BYTES

/* Makes text harmless, byte by byte: control characters but for line feed, carriage return and tab, and bytes that are not UTF-8, become '?'. */
struct mote_text_filter {
    uint8_t bytes[4]; /* of a character that is not complete */
    uint8_t held;     /* how many they are */
    uint8_t wanted;   /* how many it will have */
};
/* Returns how many bytes come out for one that goes in, 0 to 4; in all never more than go in. */
unsigned mote_text_filter(struct mote_text_filter *filter, uint8_t byte, char out[4]);

/* What is used most comes first here and in the shell's other structures: loads of what lies near the start are shorter. */
struct mote_line {
    uint32_t first, count;              /* of the queue */
    uint32_t chunk_at, chunk_size;
    bool is_sending;                    /* a message */
    bool is_mid_line;                   /* what was written last is not the end of a line */
    bool is_text_mid_line;              /* the same of what is in the queue */
    bool was_interrupted;               /* a message came in the middle of a line of text; whoever draws the line again clears it */
    bool is_closed;                     /* nobody can read it any more */
    struct mote_text_filter filter;
    uint32_t sent_ms;                   /* when the last message went */
    uint32_t bytes, messages, lost;     /* since the start; lost: text that found no room */
    struct mote_frame_writer frames;
    char chunk[MOTE_FRAME_BYTES + 2];   /* what the console is taking now: a frame or a piece of text */
    char queue[MOTE_LINE_QUEUE_BYTES];
};

/* Text of anybody: filtered, line feeds become CR LF. What finds no room is lost. */
void mote_line_text(struct mote_line *line, const char *text, size_t size);
/* Our own bytes as they are: what moves the cursor. */
void mote_line_keys(struct mote_line *line, const char *bytes, size_t size);
/* A line feed unless the text is at the start of a line. */
void mote_line_end_line(struct mote_line *line);
/* Bytes of text for which there surely is room. */
size_t mote_line_room(const struct mote_line *line);

/* Sends a message, which must stay as it is until mote_line_is_sending says no. One that was being sent is given up. */
void mote_line_send(struct mote_line *line, const void *message, size_t size);
bool mote_line_is_sending(const struct mote_line *line);
void mote_line_give_up(struct mote_line *line);

/* Writes what the console takes, for about 10 ms at most. Returns whether all has been written. */
bool mote_line_pump(struct mote_line *line);

#endif

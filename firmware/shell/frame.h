/* Frames of MCUmgr's serial transport. A message of SMP travels as two bytes of length (of what follows), the message and its CRC-16, all this in base64, cut into
   frames: a start of two bytes, at most 124 characters, a line feed. Reading takes a line byte by byte apart into messages and text; whatever
   comes, it is in step again with the next start of a frame, and what began as a frame is never text. */
#ifndef SHELL_FRAME_H
#define SHELL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOTE_FRAME_BYTES 127

struct mote_frame_counts {
    uint32_t messages; /* complete and right */
    uint32_t wrong;    /* complete, with a wrong CRC */
    uint32_t broken;   /* begun and never completed, or malformed */
};

struct mote_frame_reader {
    uint8_t *message; /* takes the message, as much of it as there is room for */
    uint32_t room;
    uint32_t length;  /* that was announced, CRC included */
    uint32_t got;     /* bytes of it */
    uint16_t crc;     /* of these */
    uint8_t state;
    uint8_t length_bytes; /* of the two that say the length */
    bool is_open;         /* a message was begun */
    bool is_held_inside;  /* what is held back was not text before */
    uint32_t bit_count;   /* bits that are not a byte yet */
    uint32_t bits;        /* and those before them */
    struct mote_frame_counts counts;
};

enum mote_frame_event {
    MOTE_FRAME_NOTHING,
    MOTE_FRAME_MESSAGE,   /* `message` holds one of `length` - 2 bytes, until the next byte is taken */
    MOTE_FRAME_TOO_LARGE, /* the same, but only its first `room` bytes */
};

/* A reader of messages of up to `room` bytes (at least 8). */
void mote_frame_reader_init(struct mote_frame_reader *reader, void *message, uint16_t room);

/* Takes a byte of the line. Text comes out in `text`, *text_count bytes of it. A byte that may begin a frame is held back until the next. */
enum mote_frame_event mote_frame_take(struct mote_frame_reader *reader, uint8_t byte, uint8_t text[2], unsigned *text_count);

/* Gives the byte that is held back, when none has followed it for a while: true and *byte is text; false when there is none. */
bool mote_frame_take_held(struct mote_frame_reader *reader, uint8_t *byte);

/* Whether part of a message is there; mote_frame_drop forgets it. */
bool mote_frame_is_inside(const struct mote_frame_reader *reader);
void mote_frame_drop(struct mote_frame_reader *reader);

/* Writing: a message that stays where it is, frame by frame. */
struct mote_frame_writer {
    const uint8_t *message;
    uint16_t size; /* at most 65533 */
    uint16_t crc;
    uint32_t at;   /* bytes of length, message and CRC that have been sent */
};

void mote_frame_begin(struct mote_frame_writer *writer, const void *message, uint16_t size);
/* The next frame and its length; 0 when the message has been sent. */
size_t mote_frame_next(struct mote_frame_writer *writer, char frame[MOTE_FRAME_BYTES]);

#endif

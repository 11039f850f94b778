/* Text built into a fixed buffer without printf: what does not fit is cut, the end is always a zero byte. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mote_text {
    char *at;
    char *end; /* of the room, the zero byte not counted */
};

/* Starts with an empty text in `size` bytes (at least 1) at `buffer`. */
struct mote_text mote_text_begin(char *buffer, size_t size);
void mote_text_string(struct mote_text *text, const char *string);
/* Bytes of a guest: control characters and bytes above 0x7E become '?', at most `limit` are taken. */
void mote_text_bytes(struct mote_text *text, const uint8_t *bytes, uint32_t length, uint32_t limit);
void mote_text_decimal(struct mote_text *text, uint64_t number);
void mote_text_hex(struct mote_text *text, uint32_t number);
/* Text with arguments in it, as printf has them, of these kinds: %s, %u and %x of a uint32_t (the latter with 0x in front); with a width ("%8s") filled up with
   spaces behind. */
void mote_text_format(struct mote_text *text, const char *format, ...);

size_t mote_string_length(const char *string);

/* Whether a text is a name: 1 to room - 1 letters, digits, '-', '_', '.', the first a letter or digit. */
bool mote_is_name(const char *text, size_t room);

/* The length of the UTF-8 sequence at p[0, left), `left` not 0; 0 when it is malformed (Unicode 15, table 3-7). */
uint32_t mote_utf8_length(const uint8_t *p, uint32_t left);

/* Text number `index` of a list in one string, in which each text ends with a zero byte: a list without pointers. The index is in range. */
const char *mote_text_at(const char *list, uint32_t index);

#endif

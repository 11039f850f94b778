/* Frames of MCUmgr's serial transport; see frame.h. */
#include "shell/frame.h"

#include "base/base64.h"
#include "base/crc.h"

#define START_1 0x06 /* START_1 START_2: the first frame of a message */
#define START_2 0x09
#define MORE_1 0x04  /* MORE_1 MORE_2: one that follows */
#define MORE_2 0x14

#define CRC_BYTES 2
#define HEADER_BYTES 8 /* of SMP: no message is shorter */
#define FRAME_DATA 93  /* bytes in a frame: 124 characters */

enum state {
    TEXT,
    HELD_START, /* START_1 came */
    HELD_MORE,  /* MORE_1 came */
    FRAME,
    SKIP,       /* the rest of a frame that nobody wants */
    AFTER_CR,   /* a frame ended with a carriage return: a line feed behind it belongs to it */
};

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

void mote_frame_reader_init(struct mote_frame_reader *reader, void *message, uint16_t room)
{
    *reader = (struct mote_frame_reader){.message = message, .room = room};
}

bool mote_frame_is_inside(const struct mote_frame_reader *reader)
{
    return reader->is_open;
}

void mote_frame_drop(struct mote_frame_reader *reader)
{
    reader->counts.broken += reader->is_open;
    reader->is_open = false;
    if (reader->state == FRAME) {
        reader->state = SKIP;
    }
}

static void open_frame(struct mote_frame_reader *reader, bool is_start)
{
    if (is_start) {
        mote_frame_drop(reader);
        reader->is_open = true;
        reader->length = reader->got = 0;
        reader->crc = 0;
        reader->length_bytes = 0;
    }
    reader->bit_count = 0;
    reader->state = reader->is_open ? FRAME : SKIP;
}

/* A byte of length, message or CRC; false when there should be none. */
static bool take_data(struct mote_frame_reader *reader, uint8_t byte)
{
    if (reader->length_bytes < 2) {
        reader->length = reader->length << 8 | byte;
        reader->length_bytes++;
        return reader->length_bytes < 2 || reader->length >= HEADER_BYTES + CRC_BYTES;
    }
    if (reader->got == reader->length) {
        return false;
    }
    reader->crc = mote_crc16(reader->crc, &byte, 1);
    if (reader->got < reader->room && reader->got < reader->length - CRC_BYTES) {
        reader->message[reader->got] = byte;
    }
    reader->got++;
    return true;
}

/* A character of a frame; false when it does not belong there. How many there are at the end is left to the message's length and CRC. */
static bool take_character(struct mote_frame_reader *reader, uint8_t character)
{
    int value = mote_base64_value(character);
    if (value < 0) {
        return character == '=';
    }
    reader->bits = reader->bits << 6 | (uint32_t)value;
    reader->bit_count += 6;
    if (reader->bit_count < 8) {
        return true;
    }
    reader->bit_count -= 8;
    return take_data(reader, (uint8_t)(reader->bits >> reader->bit_count));
}

static enum mote_frame_event end_frame(struct mote_frame_reader *reader)
{
    if (!reader->is_open || reader->length_bytes < 2 || reader->got < reader->length) {
        return MOTE_FRAME_NOTHING;
    }
    reader->is_open = false;
    if (reader->crc != 0) {
        reader->counts.wrong++;
        return MOTE_FRAME_NOTHING;
    }
    reader->counts.messages++;
    return reader->length - CRC_BYTES > reader->room ? MOTE_FRAME_TOO_LARGE : MOTE_FRAME_MESSAGE;
}

/* What a byte does that may begin a frame, or end one: the state that follows. */
static enum state state_behind(uint8_t byte, enum state otherwise)
{
    return byte == START_1 ? HELD_START : byte == MORE_1 ? HELD_MORE : otherwise;
}

/* A byte inside of a frame, or of what is left of one. The start of another ends it as well: a line feed may have been lost. */
static enum mote_frame_event take_inside(struct mote_frame_reader *reader, uint8_t byte)
{
    bool is_wanted = reader->state == FRAME;
    enum state next = byte == '\n' ? TEXT : byte == '\r' ? AFTER_CR : state_behind(byte, FRAME);
    if (next != FRAME) {
        reader->state = (uint8_t)next;
        reader->is_held_inside = true;
        return is_wanted ? end_frame(reader) : MOTE_FRAME_NOTHING;
    }
    if (is_wanted && !take_character(reader, byte)) {
        mote_frame_drop(reader);
    }
    return MOTE_FRAME_NOTHING;
}

bool mote_frame_take_held(struct mote_frame_reader *reader, uint8_t *byte)
{
    if (reader->state != HELD_START && reader->state != HELD_MORE) {
        return false;
    }
    *byte = reader->state == HELD_START ? START_1 : MORE_1;
    reader->state = reader->is_held_inside ? SKIP : TEXT;
    return !reader->is_held_inside;
}

enum mote_frame_event mote_frame_take(struct mote_frame_reader *reader, uint8_t byte, uint8_t text[2], unsigned *text_count)
{
    *text_count = 0;
    if ((reader->state == HELD_START && byte == START_2) || (reader->state == HELD_MORE && byte == MORE_2)) {
        open_frame(reader, byte == START_2);
        return MOTE_FRAME_NOTHING;
    }
    *text_count = mote_frame_take_held(reader, text);
    if (reader->state == FRAME || reader->state == SKIP) {
        return take_inside(reader, byte);
    }
    bool is_end = reader->state == AFTER_CR && byte == '\n';
    reader->state = (uint8_t)state_behind(byte, TEXT);
    reader->is_held_inside = false;
    if (reader->state == TEXT && !is_end) {
        text[(*text_count)++] = byte;
    }
    return MOTE_FRAME_NOTHING;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

void mote_frame_begin(struct mote_frame_writer *writer, const void *message, uint16_t size)
{
    *writer = (struct mote_frame_writer){.message = message, .size = size, .crc = mote_crc16(0, message, size)};
}

/* Byte i of length, message and CRC. */
static uint8_t byte_at(const struct mote_frame_writer *writer, uint32_t i)
{
    if (i < 2) {
        return (uint8_t)(i == 0 ? (writer->size + CRC_BYTES) >> 8 : writer->size + CRC_BYTES);
    }
    if (i < writer->size + 2u) {
        return writer->message[i - 2];
    }
    return (uint8_t)(i == writer->size + 2u ? writer->crc >> 8 : writer->crc);
}

size_t mote_frame_next(struct mote_frame_writer *writer, char frame[MOTE_FRAME_BYTES])
{
    uint32_t end = writer->size + 2u + CRC_BYTES;
    if (writer->at >= end) {
        return 0;
    }
    bool is_start = writer->at == 0;
    frame[0] = is_start ? START_1 : MORE_1;
    frame[1] = is_start ? START_2 : MORE_2;
    uint8_t data[FRAME_DATA];
    size_t count = 0;
    while (count < FRAME_DATA && writer->at < end) {
        data[count++] = byte_at(writer, writer->at++);
    }
    size_t length = 2 + mote_base64_encode(data, count, frame + 2);
    frame[length] = '\n';
    return length + 1;
}

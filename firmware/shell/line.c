/* The queue in front of the console; see line.h. */
#include "shell/line.h"

#include "app/app.h"
#include "base/bits.h"
#include "base/text.h"
#include "hal/console.h"

#define PATIENCE_MS 10

/* ---- Text -------------------------------------------------------------------------------------------------------- */

unsigned mote_text_filter(struct mote_text_filter *filter, uint8_t byte, char out[4])
{
    bool follows = (byte & 0xC0) == 0x80;
    unsigned count = 0;
    if (filter->held > 0 && !follows) {
        filter->held = 0; /* of a character that did not become one */
        out[count++] = '?';
    }
    if (filter->held == 0) {
        filter->wanted = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    }
    filter->bytes[filter->held++] = byte;
    if (filter->held < filter->wanted) {
        return count;
    }
    unsigned size = filter->held;
    filter->held = 0;
    bool is_control = byte < 0x20 ? byte != '\n' && byte != '\r' && byte != '\t' : byte == 0x7F;
    bool is_control_of_two = size == 2 && filter->bytes[0] == 0xC2 && byte < 0xA0;
    if (is_control || is_control_of_two || mote_utf8_length(filter->bytes, size) != size) {
        out[count] = '?';
        return count + 1;
    }
    memcpy(out + count, filter->bytes, size);
    return count + size;
}

static void put(struct mote_line *line, char byte)
{
    if (line->count == sizeof line->queue) {
        line->lost++;
        return;
    }
    line->queue[(line->first + line->count++) % sizeof line->queue] = byte;
    line->is_text_mid_line = byte != '\n';
}

void mote_line_keys(struct mote_line *line, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        put(line, bytes[i]);
    }
}

void mote_line_text(struct mote_line *line, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char out[4];
        unsigned count = mote_text_filter(&line->filter, (uint8_t)text[i], out);
        for (unsigned j = 0; j < count; j++) {
            if (out[j] == '\n') {
                put(line, '\r');
            }
            put(line, out[j]);
        }
    }
}

void mote_line_end_line(struct mote_line *line)
{
    if (line->is_text_mid_line) {
        mote_line_text(line, "\n", 1);
    }
}

size_t mote_line_room(const struct mote_line *line)
{
    return (sizeof line->queue - line->count) / 2;
}

/* ---- Messages ---------------------------------------------------------------------------------------------------- */

void mote_line_send(struct mote_line *line, const void *message, size_t size)
{
    mote_frame_begin(&line->frames, message, (uint16_t)size);
    line->is_sending = true;
    line->messages++;
}

bool mote_line_is_sending(const struct mote_line *line)
{
    return line->is_sending;
}

void mote_line_give_up(struct mote_line *line)
{
    line->is_sending = false;
}

/* ---- The console ------------------------------------------------------------------------------------------------- */

static void take_frame(struct mote_line *line)
{
    unsigned break_size = line->is_mid_line ? 2 : 0;
    if (break_size) {
        line->was_interrupted = true;
        memcpy(line->chunk, "\r\n", 2);
    }
    size_t size = mote_frame_next(&line->frames, line->chunk + break_size);
    line->is_sending = size > 0;
    line->chunk_size = size ? break_size + (uint32_t)size : 0;
    line->sent_ms = mote_app_now_ms();
}

static void take_text(struct mote_line *line)
{
    while (line->count > 0 && line->chunk_size < MOTE_FRAME_BYTES) {
        line->chunk[line->chunk_size++] = line->queue[line->first];
        line->first = (line->first + 1) % sizeof line->queue;
        line->count--;
    }
}

/* Makes sure that there is something to write, if there is anything. */
static bool has_chunk(struct mote_line *line)
{
    if (line->chunk_at < line->chunk_size) {
        return true;
    }
    line->chunk_at = line->chunk_size = 0;
    if (line->is_sending) {
        take_frame(line);
    }
    if (line->chunk_size == 0) {
        take_text(line);
    }
    return line->chunk_size > 0;
}

bool mote_line_pump(struct mote_line *line)
{
    uint32_t start_ms = mote_app_now_ms();
    while (has_chunk(line)) {
        size_t left = (size_t)(line->chunk_size - line->chunk_at);
        intptr_t count = line->is_closed ? -1 : hal_console_write(HAL_CONSOLE_OUT, line->chunk + line->chunk_at, left);
        if (count < 0) { /* nobody will ever read it */
            line->is_closed = true;
            count = (intptr_t)left;
        }
        if (count > 0) {
            line->chunk_at += (uint32_t)count;
            line->bytes += (uint32_t)count;
            line->is_mid_line = line->chunk[line->chunk_at - 1] != '\n';
        }
        if (count == 0 || mote_app_now_ms() - start_ms >= PATIENCE_MS) {
            return false;
        }
    }
    return true;
}

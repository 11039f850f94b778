/* Bounds-checked reading: bytes, LEB128 (specification, 5.2.2), names (5.2.4); see reader.h. */
#include "base/reader.h"
#include "base/bits.h"
#include "base/text.h"

extern inline uint8_t mote_read_u8(struct mote_reader *reader);
extern inline uint32_t mote_read_u32_leb(struct mote_reader *reader);
extern inline bool mote_read_index(struct mote_reader *reader, uint32_t *index, uint32_t count, enum mote_error unknown,
                                   uint32_t offset);

struct mote_reader mote_reader_over(const uint8_t *bytes, uint32_t at, uint32_t end, struct mote_diag *diag)
{
    return (struct mote_reader){bytes, at, end, MOTE_ERROR_UNEXPECTED_END, diag, false};
}

void mote_reader_fail_at(struct mote_reader *reader, uint32_t offset, enum mote_error error, const char *detail)
{
    if (reader->failed) {
        return;
    }
    reader->failed = true;
    mote_diag_fail(reader->diag, error, offset, detail);
    reader->at = reader->end;
}

void mote_reader_fail(struct mote_reader *reader, enum mote_error error, const char *detail)
{
    mote_reader_fail_at(reader, reader->at, error, detail);
}

void mote_reader_fail_index(struct mote_reader *reader, uint32_t offset, enum mote_error error, uint32_t index)
{
    if (reader->failed || reader->diag->error) {
        return;
    }
    mote_reader_fail_at(reader, offset, error, NULL);
    struct mote_text text = mote_text_begin(reader->diag->message, sizeof reader->diag->message);
    mote_text_string(&text, mote_error_text(error));
    mote_text_string(&text, " ");
    mote_text_decimal(&text, index);
}

/* Reads a signed or unsigned LEB128 number of `bits` bits: at most ceil(bits / 7) bytes, and in the last of them the
   bits that do not fit must repeat the sign (or be zero). */
static uint64_t read_leb(struct mote_reader *reader, unsigned bits, bool is_signed)
{
    uint32_t start = reader->at;
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = mote_read_u8(reader);
        if (reader->failed) {
            return 0;
        }
        unsigned room = bits - shift; /* bits of the number that this byte may carry */
        if (room < 7) {
            if (byte & 0x80) {
                mote_reader_fail_at(reader, start, MOTE_ERROR_LEB_TOO_LONG, NULL);
                return 0;
            }
            uint8_t rest = (uint8_t)(byte >> (is_signed ? room - 1 : room));
            uint8_t ones = (uint8_t)(0x7F >> (is_signed ? room - 1 : room));
            if (rest != 0 && !(is_signed && rest == ones)) {
                mote_reader_fail_at(reader, start, MOTE_ERROR_LEB_TOO_LARGE, NULL);
                return 0;
            }
        }
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            if (is_signed && (byte & 0x40) && shift + 7 < 64) {
                value |= ~UINT64_C(0) << (shift + 7);
            }
            return value;
        }
    }
}

uint32_t mote_read_u32_leb_long(struct mote_reader *reader)
{
    return (uint32_t)read_leb(reader, 32, false);
}

int32_t mote_read_s32_leb(struct mote_reader *reader)
{
    return (int32_t)read_leb(reader, 32, true);
}

int64_t mote_read_s33_leb(struct mote_reader *reader)
{
    return (int64_t)read_leb(reader, 33, true);
}

int64_t mote_read_s64_leb(struct mote_reader *reader)
{
    return (int64_t)read_leb(reader, 64, true);
}

uint32_t mote_read_span(struct mote_reader *reader, uint32_t count)
{
    uint32_t start = reader->at;
    if (count > mote_reader_left(reader)) {
        mote_reader_fail(reader, reader->end_error, NULL);
        return start;
    }
    reader->at += count;
    return start;
}

uint32_t mote_read_u32_raw(struct mote_reader *reader)
{
    if (mote_reader_left(reader) < 4) {
        mote_reader_fail_at(reader, reader->end, reader->end_error, NULL);
        return 0;
    }
    reader->at += 4;
    return mote_get_u32(reader->bytes + reader->at - 4);
}

uint64_t mote_read_u64_raw(struct mote_reader *reader)
{
    if (mote_reader_left(reader) < 8) {
        mote_reader_fail_at(reader, reader->end, reader->end_error, NULL);
        return 0;
    }
    reader->at += 8;
    return mote_get_u64(reader->bytes + reader->at - 8);
}

uint32_t mote_read_count(struct mote_reader *reader)
{
    uint32_t start = reader->at;
    uint32_t count = mote_read_u32_leb(reader);
    if (count > mote_reader_left(reader)) {
        mote_reader_fail_at(reader, start, reader->end_error, "more elements than bytes are left");
        return 0;
    }
    return reader->failed ? 0 : count;
}

uint32_t mote_read_name(struct mote_reader *reader, uint32_t *at)
{
    uint32_t length = mote_read_u32_leb(reader);
    *at = reader->at;
    if (length > mote_reader_left(reader)) {
        mote_reader_fail(reader, MOTE_ERROR_LENGTH_OUT_OF_BOUNDS, NULL);
    }
    if (reader->failed) {
        return 0;
    }
    reader->at += length;
    /* Of modules whose function bodies nobody looks into, names are only compared. */
    for (uint32_t i = 0; ENABLED(CONFIG_WASM_VALIDATE) && i < length;) {
        uint32_t step = mote_utf8_length(reader->bytes + *at + i, length - i);
        if (step == 0) {
            mote_reader_fail_at(reader, *at + i, MOTE_ERROR_BAD_UTF8, NULL);
            return 0;
        }
        i += step;
    }
    return length;
}

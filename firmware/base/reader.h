/* Bounds-checked reading of a module's bytes. The reader is sticky: it remembers its first failure in the diag, gives zeros after it
   and is asked at the ends of things (`failed`). Offsets are those of the module (specification, 5.2). */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/diag.h"

struct mote_reader {
    const uint8_t *bytes;  /* of the whole module */
    uint32_t at;           /* next byte to read */
    uint32_t end;          /* first byte behind what may be read */
    enum mote_error end_error; /* what reading beyond the end is called */
    struct mote_diag *diag;
    bool failed;
};

/* A reader over bytes[at, end). `diag` takes the first failure, also of other readers with the same diag. */
struct mote_reader mote_reader_over(const uint8_t *bytes, uint32_t at, uint32_t end, struct mote_diag *diag);

/* Fails at the current or at a given offset. Moves to the end, so that loops over the rest come to one. */
void mote_reader_fail(struct mote_reader *reader, enum mote_error error, const char *detail);
void mote_reader_fail_at(struct mote_reader *reader, uint32_t offset, enum mote_error error, const char *detail);

/* "unknown function 7": the error's text, then the index. */
void mote_reader_fail_index(struct mote_reader *reader, uint32_t offset, enum mote_error error, uint32_t index);

uint32_t mote_read_u32_leb_long(struct mote_reader *reader);
int32_t mote_read_s32_leb(struct mote_reader *reader);
int64_t mote_read_s33_leb(struct mote_reader *reader);
int64_t mote_read_s64_leb(struct mote_reader *reader);
uint32_t mote_read_u32_raw(struct mote_reader *reader);
uint64_t mote_read_u64_raw(struct mote_reader *reader);

/* Skips `count` bytes and returns where they begin; fails when there are fewer. */
uint32_t mote_read_span(struct mote_reader *reader, uint32_t count);

/* The number of elements of a vector, each of which takes at least a byte: a count that cannot be true fails before anybody reserves
   room for it. */
uint32_t mote_read_count(struct mote_reader *reader);

/* A name: its length; `*at` is where its bytes begin. Fails unless it is UTF-8. */
uint32_t mote_read_name(struct mote_reader *reader, uint32_t *at);

static inline uint32_t mote_reader_left(const struct mote_reader *reader)
{
    return reader->end - reader->at;
}

/* These are inlined where the compiler optimises for speed and one function each where it does for size. */

inline uint8_t mote_read_u8(struct mote_reader *reader)
{
    if (reader->at < reader->end) {
        return reader->bytes[reader->at++];
    }
    mote_reader_fail(reader, reader->end_error, NULL);
    return 0;
}

/* Most numbers in a module take one byte. */
inline uint32_t mote_read_u32_leb(struct mote_reader *reader)
{
    if (reader->at < reader->end && reader->bytes[reader->at] < 0x80) {
        return reader->bytes[reader->at++];
    }
    return mote_read_u32_leb_long(reader);
}

/* An index below `count` into `*index`; otherwise fails at `offset` and says so: "unknown function 7". */
inline bool mote_read_index(struct mote_reader *reader, uint32_t *index, uint32_t count, enum mote_error unknown, uint32_t offset)
{
    *index = mote_read_u32_leb(reader);
    if (*index >= count) {
        mote_reader_fail_index(reader, offset, unknown, *index);
    }
    return !reader->failed;
}

#endif

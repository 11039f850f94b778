/* CBOR (RFC 8949), as much as management and manifests need: a writer into a buffer and a reader over bytes, both sticky: after a first failure
   they do nothing more, and are asked once at the end. Definite lengths are written; both are read. Nothing is allocated. */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mote_cbor_writer {
    uint8_t *start, *at, *end;
    bool is_full; /* something did not fit; nothing was written of it or since */
};

struct mote_cbor_writer mote_cbor_writer_over(void *buffer, size_t size);
void mote_cbor_put_uint(struct mote_cbor_writer *writer, uint64_t value);
void mote_cbor_put_int(struct mote_cbor_writer *writer, int64_t value);
void mote_cbor_put_bool(struct mote_cbor_writer *writer, bool value);
void mote_cbor_put_null(struct mote_cbor_writer *writer);
/* The bytes may lie in the writer's own room, anywhere behind `at`. */
void mote_cbor_put_bytes(struct mote_cbor_writer *writer, const void *bytes, size_t size);
void mote_cbor_put_text(struct mote_cbor_writer *writer, const char *text);
void mote_cbor_put_text_n(struct mote_cbor_writer *writer, const char *text, size_t length);
/* A map or list whose number of entries is not known yet (indefinite length); mote_cbor_end closes the innermost. */
void mote_cbor_begin_map(struct mote_cbor_writer *writer);
void mote_cbor_begin_list(struct mote_cbor_writer *writer);
void mote_cbor_end(struct mote_cbor_writer *writer);

enum mote_cbor_kind { MOTE_CBOR_UINT, MOTE_CBOR_NEGATIVE, MOTE_CBOR_BYTES, MOTE_CBOR_TEXT, MOTE_CBOR_LIST, MOTE_CBOR_MAP, MOTE_CBOR_BOOL,
                      MOTE_CBOR_NULL, MOTE_CBOR_OTHER, MOTE_CBOR_END };

struct mote_cbor_reader {
    const uint8_t *at, *end;
    bool is_bad; /* truncated, malformed, or nested deeper than 8 */
};

/* An item. Of bytes and texts (of one piece: others are malformed here) `bytes` and `size`; of a list or map `items` reads its entries, and the
   reader it came from stands behind it. */
struct mote_cbor_item {
    enum mote_cbor_kind kind;
    uint64_t number;      /* of UINT; of NEGATIVE the value is -1 - number; of BOOL 0 or 1 */
    const uint8_t *bytes; /* in the input */
    size_t size;
    struct mote_cbor_reader items;
};

struct mote_cbor_reader mote_cbor_reader_over(const void *bytes, size_t size);
/* The next item; END when there is none left or the reader is bad. Tags are skipped. */
struct mote_cbor_item mote_cbor_next(struct mote_cbor_reader *reader);

/* The value of a text key in a map item; kind END when it is not there. */
struct mote_cbor_item mote_cbor_find(const struct mote_cbor_item *map, const char *key);
/* The same with a kind that is wanted: false when it is missing or of another kind; what was given then stays as it was. */
bool mote_cbor_find_uint(const struct mote_cbor_item *map, const char *key, uint64_t *value);
bool mote_cbor_find_bool(const struct mote_cbor_item *map, const char *key, bool *value);
bool mote_cbor_find_bytes(const struct mote_cbor_item *map, const char *key, const uint8_t **bytes, size_t *size);
/* Copies a text of fewer than `room` bytes, with a zero byte; false when it is missing, longer, not UTF-8, or has a zero byte in it. */
bool mote_cbor_find_text(const struct mote_cbor_item *map, const char *key, char *text, size_t room);

#endif

/* CBOR, written and read; see cbor.h. RFC 8949: an item begins with a head of three bits of kind and five that are a number or say where it is. */
#include "base/cbor.h"

#include "base/bits.h"
#include "base/text.h"

#define DEPTH_MAX 8

enum major { MAJOR_UINT, MAJOR_NEGATIVE, MAJOR_BYTES, MAJOR_TEXT, MAJOR_LIST, MAJOR_MAP, MAJOR_TAG, MAJOR_SIMPLE };
enum { IN_1_BYTE = 24, IN_8_BYTES = 27, INDEFINITE = 31 };
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, SIMPLE_OTHER = 23 };

#define BREAK 0xFF /* ends an item of indefinite length */

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

struct mote_cbor_writer mote_cbor_writer_over(void *buffer, size_t size)
{
    return (struct mote_cbor_writer){buffer, buffer, (uint8_t *)buffer + size, false};
}

/* The head of an item in its shortest form; returns its length, 1 to 9. */
static size_t make_head(uint8_t head[9], enum major major, uint64_t number)
{
    unsigned power = number > UINT32_MAX ? 3 : number > UINT16_MAX ? 2 : number > UINT8_MAX ? 1 : 0;
    if (number < IN_1_BYTE) {
        head[0] = (uint8_t)(major << 5 | number);
        return 1;
    }
    size_t size = (size_t)1 << power;
    head[0] = (uint8_t)(major << 5 | (IN_1_BYTE + power));
    for (size_t i = size; i > 0; i--, number >>= 8) {
        head[i] = (uint8_t)number;
    }
    return 1 + size;
}

static void put_raw(struct mote_cbor_writer *writer, const void *head, size_t head_size, const void *bytes, size_t size)
{
    size_t room = (size_t)(writer->end - writer->at);
    if (writer->is_full || head_size > room || size > room - head_size) {
        writer->is_full = true;
        return;
    }
    if (size) {
        memmove(writer->at + head_size, bytes, size);
    }
    memcpy(writer->at, head, head_size);
    writer->at += head_size + size;
}

static void put(struct mote_cbor_writer *writer, enum major major, uint64_t number, const void *bytes, size_t size)
{
    uint8_t head[9];
    put_raw(writer, head, make_head(head, major, number), bytes, size);
}

static void put_byte(struct mote_cbor_writer *writer, unsigned byte)
{
    uint8_t head = (uint8_t)byte;
    put_raw(writer, &head, 1, NULL, 0);
}

void mote_cbor_put_uint(struct mote_cbor_writer *writer, uint64_t value)
{
    put(writer, MAJOR_UINT, value, NULL, 0);
}

void mote_cbor_put_int(struct mote_cbor_writer *writer, int64_t value)
{
    put(writer, value < 0 ? MAJOR_NEGATIVE : MAJOR_UINT, value < 0 ? ~(uint64_t)value : (uint64_t)value, NULL, 0);
}

void mote_cbor_put_bool(struct mote_cbor_writer *writer, bool value)
{
    put(writer, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE, NULL, 0);
}

void mote_cbor_put_null(struct mote_cbor_writer *writer)
{
    put(writer, MAJOR_SIMPLE, SIMPLE_NULL, NULL, 0);
}

void mote_cbor_put_bytes(struct mote_cbor_writer *writer, const void *bytes, size_t size)
{
    put(writer, MAJOR_BYTES, size, bytes, size);
}

void mote_cbor_put_text(struct mote_cbor_writer *writer, const char *text)
{
    mote_cbor_put_text_n(writer, text, mote_string_length(text));
}

void mote_cbor_put_text_n(struct mote_cbor_writer *writer, const char *text, size_t length)
{
    put(writer, MAJOR_TEXT, length, text, length);
}

void mote_cbor_begin_map(struct mote_cbor_writer *writer)
{
    put_byte(writer, MAJOR_MAP << 5 | INDEFINITE);
}

void mote_cbor_begin_list(struct mote_cbor_writer *writer)
{
    put_byte(writer, MAJOR_LIST << 5 | INDEFINITE);
}

void mote_cbor_end(struct mote_cbor_writer *writer)
{
    put_byte(writer, BREAK);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

struct head {
    enum major major;
    bool is_indefinite; /* a list or map that ends with BREAK */
    uint64_t number;
};

struct mote_cbor_reader mote_cbor_reader_over(const void *bytes, size_t size)
{
    return (struct mote_cbor_reader){bytes, (const uint8_t *)bytes + size, false};
}

static struct head fail(struct mote_cbor_reader *reader)
{
    reader->is_bad = true;
    reader->at = reader->end;
    return (struct head){MAJOR_SIMPLE, false, 0};
}

static size_t left(const struct mote_cbor_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static struct head take_head(struct mote_cbor_reader *reader)
{
    if (left(reader) == 0) {
        return fail(reader);
    }
    unsigned byte = *reader->at++;
    struct head head = {(enum major)(byte >> 5), false, byte & 31};
    if (head.number < IN_1_BYTE) {
        return head;
    }
    if (head.number == INDEFINITE && (head.major == MAJOR_LIST || head.major == MAJOR_MAP)) {
        head.is_indefinite = true;
        return head;
    }
    size_t size = head.number <= IN_8_BYTES ? (size_t)1 << (head.number - IN_1_BYTE) : 0;
    if (size == 0 || left(reader) < size) {
        return fail(reader);
    }
    head.number = 0;
    for (size_t i = 0; i < size; i++) {
        head.number = head.number << 8 | *reader->at++;
    }
    if (head.major == MAJOR_SIMPLE) {
        head.number = SIMPLE_OTHER; /* a number with a fraction, mostly */
    }
    return head;
}

/* The head of the next item that is no tag, which may stand in front of any other. */
static struct head take_item_head(struct mote_cbor_reader *reader)
{
    struct head head;
    do {
        head = take_head(reader);
    } while (head.major == MAJOR_TAG);
    return head;
}

static bool takes_break(struct mote_cbor_reader *reader)
{
    bool is_break = left(reader) > 0 && *reader->at == BREAK;
    reader->at += is_break;
    return is_break;
}

static void skip_rest(struct mote_cbor_reader *reader, struct head head, unsigned depth);

/* Moves over the entries of a list or map; returns where they end. */
static const uint8_t *skip_entries(struct mote_cbor_reader *reader, struct head head, unsigned depth)
{
    unsigned each = head.major == MAJOR_MAP ? 2 : 1;
    if (depth > DEPTH_MAX || (!head.is_indefinite && head.number > left(reader) / each)) { /* an item takes a byte at least */
        fail(reader);
    }
    uint64_t count = head.is_indefinite ? UINT64_MAX : head.number * each;
    uint64_t i = 0;
    for (; i < count && !reader->is_bad; i++) {
        if (head.is_indefinite && takes_break(reader)) {
            break;
        }
        skip_rest(reader, take_item_head(reader), depth);
    }
    if (i % each) {
        fail(reader); /* a key without a value */
    }
    return reader->at - (head.is_indefinite && !reader->is_bad);
}

/* Moves over what belongs to an item whose head has been taken. `depth` counts the lists and maps around it. */
static void skip_rest(struct mote_cbor_reader *reader, struct head head, unsigned depth)
{
    if (head.major == MAJOR_LIST || head.major == MAJOR_MAP) {
        skip_entries(reader, head, depth + 1);
    } else if (head.major == MAJOR_BYTES || head.major == MAJOR_TEXT) {
        if (head.number > left(reader)) {
            fail(reader);
        } else {
            reader->at += head.number;
        }
    }
}

static enum mote_cbor_kind simple_kind(uint64_t number)
{
    return number == SIMPLE_FALSE || number == SIMPLE_TRUE ? MOTE_CBOR_BOOL : number == SIMPLE_NULL ? MOTE_CBOR_NULL : MOTE_CBOR_OTHER;
}

struct mote_cbor_item mote_cbor_next(struct mote_cbor_reader *reader)
{
    static const uint8_t kinds[] = {MOTE_CBOR_UINT, MOTE_CBOR_NEGATIVE, MOTE_CBOR_BYTES, MOTE_CBOR_TEXT, MOTE_CBOR_LIST, MOTE_CBOR_MAP};
    struct mote_cbor_item item = {.kind = MOTE_CBOR_END};
    if (reader->is_bad || left(reader) == 0) {
        return item;
    }
    struct head head = take_item_head(reader);
    item.bytes = reader->at;
    if (head.major == MAJOR_LIST || head.major == MAJOR_MAP) {
        item.items = mote_cbor_reader_over(item.bytes, (size_t)(skip_entries(reader, head, 1) - item.bytes));
    } else {
        skip_rest(reader, head, 0);
    }
    if (reader->is_bad) {
        return (struct mote_cbor_item){.kind = MOTE_CBOR_END};
    }
    item.size = (size_t)(reader->at - item.bytes);
    if (head.major == MAJOR_SIMPLE) {
        item.kind = simple_kind(head.number);
        item.number = head.number == SIMPLE_TRUE;
    } else {
        item.kind = (enum mote_cbor_kind)kinds[head.major];
        item.number = head.number;
    }
    return item;
}

struct mote_cbor_item mote_cbor_find(const struct mote_cbor_item *map, const char *key)
{
    struct mote_cbor_item value = {.kind = MOTE_CBOR_END};
    if (map->kind != MOTE_CBOR_MAP) {
        return value;
    }
    size_t length = mote_string_length(key);
    struct mote_cbor_reader entries = map->items;
    for (;;) {
        struct mote_cbor_item name = mote_cbor_next(&entries);
        value = mote_cbor_next(&entries);
        bool is_it = name.kind == MOTE_CBOR_TEXT && name.size == length && memcmp(name.bytes, key, length) == 0;
        if (is_it || name.kind == MOTE_CBOR_END) {
            return value;
        }
    }
}

/* find_* leave what they were given as it was when they return false, so that it can hold a default. */

bool mote_cbor_find_uint(const struct mote_cbor_item *map, const char *key, uint64_t *value)
{
    struct mote_cbor_item item = mote_cbor_find(map, key);
    if (item.kind != MOTE_CBOR_UINT) {
        return false;
    }
    *value = item.number;
    return true;
}

bool mote_cbor_find_bool(const struct mote_cbor_item *map, const char *key, bool *value)
{
    struct mote_cbor_item item = mote_cbor_find(map, key);
    if (item.kind != MOTE_CBOR_BOOL) {
        return false;
    }
    *value = item.number != 0;
    return true;
}

bool mote_cbor_find_bytes(const struct mote_cbor_item *map, const char *key, const uint8_t **bytes, size_t *size)
{
    struct mote_cbor_item item = mote_cbor_find(map, key);
    if (item.kind != MOTE_CBOR_BYTES) {
        return false;
    }
    *bytes = item.bytes;
    *size = item.size;
    return true;
}

bool mote_cbor_find_text(const struct mote_cbor_item *map, const char *key, char *text, size_t room)
{
    struct mote_cbor_item item = mote_cbor_find(map, key);
    if (item.kind != MOTE_CBOR_TEXT || item.size >= room) {
        return false;
    }
    for (uint32_t i = 0, step; i < item.size; i += step) {
        step = mote_utf8_length(item.bytes + i, (uint32_t)(item.size - i));
        if (step == 0 || item.bytes[i] == '\0') {
            return false;
        }
    }
    memcpy(text, item.bytes, item.size);
    text[item.size] = '\0';
    return true;
}

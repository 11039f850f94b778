/* Requests find their handler, responses get their header; see smp.h. */
#include "shell/smp.h"

#include <stdarg.h>

#include "base/bits.h"
#include "base/text.h"

#define SMP_GROUP(name) extern const struct mote_smp_group mote_smp_##name;
#include "smp_groups.inc"
#undef SMP_GROUP

static const struct mote_smp_group *const groups[] = {
#define SMP_GROUP(name) &mote_smp_##name,
#include "smp_groups.inc"
#undef SMP_GROUP
};

/* The header: operation (3 bits) and version (2 bits), flags, length of the body, group, sequence number, command. */
enum { AT_OPERATION = 0, AT_LENGTH = 2, AT_GROUP = 4, AT_SEQUENCE = 6, AT_COMMAND = 7 };
enum { READ = 0, WRITE = 2, NEWEST_VERSION = 1 };

#define OWN_GROUP 64
#define NO_ONCE 0
#define IS_ONCE 0x8000u
#define IS_REPEATED (-1001) /* the response of the last time is sent again */

static unsigned operation(const uint8_t *header)
{
    return header[AT_OPERATION] & 7;
}

static unsigned version(const uint8_t *header)
{
    return header[AT_OPERATION] >> 3 & 3;
}

static unsigned half_word(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

void mote_smp_init(struct mote_smp *smp, struct mote_app *app, struct mote_vfs *files)
{
    smp->app = app;
    smp->files = files;
    mote_smp_fs_init(smp);
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static const struct mote_smp_group *find_group(const uint8_t *header)
{
    for (unsigned i = 0; i < MOTE_COUNT(groups); i++) {
        if (groups[i]->id == half_word(header + AT_GROUP)) {
            return groups[i];
        }
    }
    return NULL;
}

static mote_smp_handler find_handler(const uint8_t *header)
{
    const struct mote_smp_group *group = find_group(header);
    for (unsigned i = 0; group && i < group->count; i++) {
        const struct mote_smp_command *command = &group->commands[i];
        if (command->command == header[AT_COMMAND] && command->is_write == (operation(header) == WRITE)) {
            return command->handler;
        }
    }
    return NULL;
}

static void begin_body(struct mote_smp *smp)
{
    smp->out = mote_cbor_writer_over(smp->response + MOTE_SMP_HEADER_BYTES, sizeof smp->response - MOTE_SMP_HEADER_BYTES);
    mote_cbor_begin_map(&smp->out);
}

/* Whether the request carries `once` (group 64) and is the last one once more. */
static bool is_repeated(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    const uint8_t *header = smp->header;
    uint64_t once;
    if (half_word(header + AT_GROUP) != OWN_GROUP || !mote_cbor_find_uint(body, "once", &once)) {
        return false;
    }
    once = once << 16 | IS_ONCE | (unsigned)header[AT_OPERATION] << 8 | header[AT_COMMAND];
    bool is_same = once == smp->once_before;
    smp->once = once;
    return is_same;
}

static int handle(struct mote_smp *smp, const uint8_t *message, size_t size, bool is_whole)
{
    if (version(message) > NEWEST_VERSION) {
        return -MOTE_SMP_TOO_NEW;
    }
    if (!is_whole) {
        return -MOTE_SMP_TOO_LARGE;
    }
    struct mote_cbor_reader reader = mote_cbor_reader_over(message + MOTE_SMP_HEADER_BYTES, size);
    struct mote_cbor_item body = {.kind = MOTE_CBOR_MAP}; /* a request without anything may leave out the map as well */
    if (size > 0) {
        body = mote_cbor_next(&reader);
    }
    if (half_word(message + AT_LENGTH) != size || body.kind != MOTE_CBOR_MAP) {
        return -MOTE_SMP_INVALID;
    }
    mote_smp_handler handler = find_handler(message);
    if (!handler) {
        return -MOTE_SMP_NOT_SUPPORTED;
    }
    if (is_repeated(smp, &body)) {
        return IS_REPEATED;
    }
    begin_body(smp);
    return handler(smp, &body);
}

/* ---- Responses --------------------------------------------------------------------------------------------------- */

static void put_error(struct mote_smp *smp, int result)
{
    const struct mote_smp_group *group = find_group(smp->header);
    bool is_groups = result > 0 && group;
    uint32_t rc = (uint32_t)(result < 0 ? -result : result);
    begin_body(smp);
    if (is_groups && version(smp->header) > 0) {
        mote_smp_put(smp, "err={group=u rc=u}", (uint32_t)group->id, rc);
    } else {
        if (is_groups && group->plain) {
            rc = rc < group->plain_count && group->plain[rc] ? group->plain[rc] : MOTE_SMP_UNKNOWN;
        }
        mote_smp_put(smp, "rc=u", rc);
    }
    mote_smp_put(smp, "msg=t", is_groups ? smp->diag.message : "");
}

static size_t finish(struct mote_smp *smp, int result)
{
    smp->is_pending = result == MOTE_SMP_LATER;
    if (smp->is_pending) {
        return 0;
    }
    uint8_t *header = smp->response;
    header[AT_SEQUENCE] = smp->header[AT_SEQUENCE];
    if (result == IS_REPEATED) {
        return smp->response_size;
    }
    if (result == 0) {
        mote_cbor_end(&smp->out);
        result = smp->out.is_full ? -MOTE_SMP_TOO_LARGE : 0;
    }
    if (result != 0) {
        put_error(smp, result);
        mote_cbor_end(&smp->out);
    }
    size_t size = (size_t)(smp->out.at - smp->out.start);
    memcpy(header, smp->header, MOTE_SMP_HEADER_BYTES);
    unsigned newest = version(header) > NEWEST_VERSION ? NEWEST_VERSION : version(header);
    header[AT_OPERATION] = (uint8_t)((operation(header) + 1) | newest << 3);
    header[AT_OPERATION + 1] = 0;
    header[AT_LENGTH] = (uint8_t)(size >> 8);
    header[AT_LENGTH + 1] = (uint8_t)size;
    smp->response_size = MOTE_SMP_HEADER_BYTES + size;
    return smp->response_size;
}

size_t mote_smp_answer(struct mote_smp *smp, const uint8_t *message, size_t size, bool is_whole)
{
    if (size < MOTE_SMP_HEADER_BYTES || (operation(message) != READ && operation(message) != WRITE)) {
        return 0;
    }
    memcpy(smp->header, message, sizeof smp->header);
    smp->diag.message[0] = '\0';
    smp->once_before = smp->once;
    smp->once = NO_ONCE;
    return finish(smp, handle(smp, message, size - MOTE_SMP_HEADER_BYTES, is_whole));
}

size_t mote_smp_step(struct mote_smp *smp)
{
    int result = mote_smp_fs_step(smp);
    return smp->is_pending ? finish(smp, result) : 0;
}

/* ---- For handlers ------------------------------------------------------------------------------------------------ */

/* Puts a value, or a beginning or end, which the letter `kind` stands for. */
static void put_kind(struct mote_cbor_writer *out, char kind, va_list *arguments)
{
    if (kind == 'u') {
        mote_cbor_put_uint(out, va_arg(*arguments, uint32_t));
    } else if (kind == 'b') {
        mote_cbor_put_bool(out, va_arg(*arguments, int) != 0);
    } else if (kind == 'B') {
        const void *bytes = va_arg(*arguments, const void *);
        mote_cbor_put_bytes(out, bytes, va_arg(*arguments, uint32_t));
    } else if (kind == '{') {
        mote_cbor_begin_map(out);
    } else if (kind == '[') {
        mote_cbor_begin_list(out);
    } else {
        mote_cbor_end(out);
    }
}

void mote_smp_put(struct mote_smp *smp, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    while (*format) {
        const char *key = format;
        while (*format == '_' || (*format >= 'a' && *format <= 'z')) {
            format++;
        }
        size_t length = *format == '=' ? (size_t)(format - key) : 0;
        format = length ? format + 1 : key;
        char kind = *format++;
        const char *text = kind == 's' || kind == 't' ? va_arg(arguments, const char *) : NULL;
        if (kind == ' ' || (kind == 't' && text[0] == '\0')) {
            continue;
        }
        if (length) {
            mote_cbor_put_text_n(&smp->out, key, length);
        }
        if (text) {
            mote_cbor_put_text(&smp->out, text);
        } else {
            put_kind(&smp->out, kind, &arguments);
        }
    }
    va_end(arguments);
}

void mote_smp_put_bytes(struct mote_smp *smp, const char *key, const void *bytes, size_t size)
{
    mote_cbor_put_text(&smp->out, key);
    mote_cbor_put_bytes(&smp->out, bytes, size);
}

uint8_t *mote_smp_room(struct mote_smp *smp, size_t spare, size_t *room)
{
    size_t heads = 1 + 8 + 5; /* of the key and of the bytes */
    size_t left = (size_t)(smp->out.end - smp->out.at);
    size_t taken = heads + spare + 1; /* the end of the map */
    *room = left > taken ? left - taken : 0;
    return smp->out.at + heads;
}

bool mote_smp_find_u32(const struct mote_cbor_item *body, const char *key, uint32_t otherwise, uint32_t *value)
{
    struct mote_cbor_item item = mote_cbor_find(body, key);
    *value = item.kind == MOTE_CBOR_END ? otherwise : (uint32_t)item.number;
    return item.kind == MOTE_CBOR_END || (item.kind == MOTE_CBOR_UINT && item.number <= UINT32_MAX);
}

/* Text built into a fixed buffer; see text.h. */
#include "base/text.h"

#include <stdarg.h>

struct mote_text mote_text_begin(char *buffer, size_t size)
{
    buffer[0] = '\0';
    return (struct mote_text){buffer, buffer + size - 1};
}

static void append(struct mote_text *text, char c)
{
    if (text->at < text->end) {
        *text->at++ = c;
        *text->at = '\0';
    }
}

void mote_text_string(struct mote_text *text, const char *string)
{
    while (*string) {
        append(text, *string++);
    }
}

void mote_text_bytes(struct mote_text *text, const uint8_t *bytes, uint32_t length, uint32_t limit)
{
    uint32_t shown = length < limit ? length : limit;
    for (uint32_t i = 0; i < shown; i++) {
        append(text, bytes[i] >= 0x20 && bytes[i] <= 0x7E ? (char)bytes[i] : '?');
    }
    if (shown < length) {
        mote_text_string(text, "...");
    }
}

static void append_number(struct mote_text *text, uint64_t number, unsigned base)
{
    char digits[20];
    unsigned count = 0;
    do {
        unsigned digit = (unsigned)(number % base);
        digits[count++] = (char)(digit < 10 ? '0' + digit : 'a' + (digit - 10));
        number /= base;
    } while (number);
    while (count) {
        append(text, digits[--count]);
    }
}

void mote_text_decimal(struct mote_text *text, uint64_t number)
{
    append_number(text, number, 10);
}

void mote_text_hex(struct mote_text *text, uint32_t number)
{
    mote_text_string(text, "0x");
    append_number(text, number, 16);
}

/* Appends the argument that `kind` asks for. */
static void append_argument(struct mote_text *text, char kind, va_list *arguments)
{
    if (kind == 's') {
        mote_text_string(text, va_arg(*arguments, const char *));
    } else if (kind == 'u') {
        mote_text_decimal(text, va_arg(*arguments, uint32_t));
    } else {
        mote_text_hex(text, va_arg(*arguments, uint32_t));
    }
}

void mote_text_format(struct mote_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            append(text, *format);
            continue;
        }
        size_t width = 0;
        while (*++format >= '0' && *format <= '9') {
            width = width * 10 + (size_t)(*format - '0');
        }
        char *start = text->at;
        append_argument(text, *format, &arguments);
        while ((size_t)(text->at - start) < width && text->at < text->end) {
            append(text, ' ');
        }
    }
    va_end(arguments);
}

size_t mote_string_length(const char *string)
{
    size_t length = 0;
    while (string[length]) {
        length++;
    }
    return length;
}

const char *mote_text_at(const char *list, uint32_t index)
{
    while (index-- > 0) {
        list += mote_string_length(list) + 1;
    }
    return list;
}

bool mote_is_name(const char *text, size_t room)
{
    size_t length = 0;
    for (; text[length] && length < room; length++) {
        char c = text[length], letter = (char)(c | 0x20);
        bool is_first_too = (c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'z');
        if (!is_first_too && (length == 0 || (c != '-' && c != '_' && c != '.'))) {
            return false;
        }
    }
    return length > 0 && length < room;
}

uint32_t mote_utf8_length(const uint8_t *p, uint32_t left)
{
    if (p[0] < 0x80) {
        return 1;
    }
    uint32_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < length) {
        return 0;
    }
    uint8_t low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    uint8_t high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) {
        return 0;
    }
    for (uint32_t i = 2; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

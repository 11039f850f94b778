/* Lines, words and values of the driver's protocol over the HAL's console, which is a pipe or a serial line. */
#include "spec_text.h"

#include "hal/console.h"
#include "spec_driver.h"

static char input[SPEC_LINE_BYTES];
static size_t input_at, input_end;
static char line[SPEC_LINE_BYTES];
static char output[SPEC_LINE_BYTES];
static size_t output_size;

static void flush(void)
{
    size_t at = 0;
    while (at < output_size) {
        intptr_t taken = hal_console_write(HAL_CONSOLE_OUT, output + at, output_size - at);
        if (taken < 0) {
            break;
        }
        at += (size_t)taken;
    }
    output_size = 0;
}

static int read_byte(void)
{
    while (input_at == input_end) {
        flush(); /* whoever sent the last line may wait for its answer */
        intptr_t got = hal_console_read(input, sizeof input);
        if (got == 0 || got == -1) {
            return -1;
        }
        input_at = 0;
        input_end = got > 0 ? (size_t)got : 0;
    }
    return (unsigned char)input[input_at++];
}

char *spec_read_line(void)
{
    size_t size = 0;
    for (;;) {
        int byte = read_byte();
        if (byte < 0) {
            flush();
            return NULL;
        }
        if (byte == '\n') {
            break;
        }
        if (byte != '\r' && size + 1 < sizeof line) {
            line[size++] = (char)byte;
        }
    }
    line[size] = 0;
    return line;
}

void spec_say_bytes(const char *text, size_t size)
{
    while (size) {
        if (output_size == sizeof output) {
            flush();
        }
        size_t some = sizeof output - output_size < size ? sizeof output - output_size : size;
        memcpy(output + output_size, text, some);
        output_size += some;
        text += some;
        size -= some;
    }
}

void spec_say(const char *text)
{
    spec_say_bytes(text, strlen(text));
}

void spec_say_number(uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    spec_say_bytes(digits + at, sizeof digits - at);
}

void spec_say_hex(const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        char pair[2] = {"0123456789abcdef"[byte[i] >> 4], "0123456789abcdef"[byte[i] & 15]};
        spec_say_bytes(pair, 2);
    }
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("_.-~", c));
}

void spec_say_name(const char *name, size_t size)
{
    if (size == 0) {
        spec_say("%");
    }
    for (size_t i = 0; i < size; i++) {
        if (is_plain(name[i])) {
            spec_say_bytes(name + i, 1);
        } else {
            spec_say("%");
            spec_say_hex(name + i, 1);
        }
    }
}

static void say_reference(const struct mote_value *value)
{
    if (value->type == MOTE_EXTERNREF) {
        uintptr_t number = (uintptr_t)value->of.externref;
        number ? spec_say_number(number - 1) : spec_say("null");
        return;
    }
    spec_say(value->of.funcref ? "func" : "null");
}

void spec_say_value(const struct mote_value *value)
{
    spec_say(mote_valtype_text(value->type));
    spec_say(":");
    if (value->type == MOTE_EXTERNREF || value->type == MOTE_FUNCREF) {
        say_reference(value);
        return;
    }
    bool narrow = value->type == MOTE_I32 || value->type == MOTE_F32;
    spec_say_number(narrow ? value->of.i32 : value->of.i64);
}

void spec_say_end(void)
{
    spec_say("\n");
}

bool spec_take_word(const char **rest, char *word, size_t capacity)
{
    const char *start = *rest + strspn(*rest, " ");
    size_t size = strcspn(start, " ");
    *rest = start + size;
    if (size == 0 || size >= capacity) {
        return false;
    }
    memcpy(word, start, size);
    word[size] = 0;
    return true;
}

static bool read_number(const char *digits, uint64_t *number)
{
    *number = 0;
    for (const char *c = digits; *c; c++) {
        if (*c < '0' || *c > '9') {
            return false;
        }
        *number = *number * 10 + (uint64_t)(*c - '0');
    }
    return *digits != 0;
}

bool spec_take_number(const char **rest, uint64_t *number)
{
    char word[24];
    return spec_take_word(rest, word, sizeof word) && read_number(word, number);
}

int spec_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    char small = (char)(digit | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool spec_take_name(const char **rest, struct spec_name *name)
{
    if (!spec_take_word(rest, name->text, sizeof name->text)) {
        return false;
    }
    char *out = name->text;
    bool is_empty = strcmp(name->text, "%") == 0;
    for (const char *in = name->text; *in && !is_empty; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        int high = spec_hex_digit(in[1]);
        int low = high < 0 ? -1 : spec_hex_digit(in[2]);
        if (low < 0) {
            return false;
        }
        *out++ = (char)(high << 4 | low);
        in += 2;
    }
    *out = 0;
    name->length = (uint32_t)(out - name->text);
    return true;
}

static const struct {
    const char *text;
    enum mote_valtype type;
} valtypes[] = {
#define VALTYPE(name, byte, text, letter, cells) {text, MOTE_##name},
#include "tables/valtypes.def"
#undef VALTYPE
};

static bool find_valtype(const char *text, enum mote_valtype *type)
{
    for (size_t i = 0; i < sizeof valtypes / sizeof valtypes[0]; i++) {
        if (strcmp(text, valtypes[i].text) == 0) {
            *type = valtypes[i].type;
            return true;
        }
    }
    return false;
}

bool spec_take_value(const char **rest, struct mote_value *value)
{
    char word[48];
    if (!spec_take_word(rest, word, sizeof word)) {
        return false;
    }
    char *colon = strchr(word, ':');
    if (!colon) {
        return false;
    }
    *colon = 0;
    value->of.bits = 0;
    if (!find_valtype(word, &value->type)) {
        return false;
    }
    if (strcmp(colon + 1, "null") == 0) {
        return value->type == MOTE_EXTERNREF || value->type == MOTE_FUNCREF;
    }
    uint64_t number;
    if (value->type == MOTE_FUNCREF || !read_number(colon + 1, &number)) {
        return false;
    }
    if (value->type == MOTE_EXTERNREF) {
        value->of.externref = (void *)(uintptr_t)(number + 1);
    } else if (value->type == MOTE_I32 || value->type == MOTE_F32) {
        value->of.i32 = (uint32_t)number;
    } else {
        value->of.i64 = number;
    }
    return true;
}

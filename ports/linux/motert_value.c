/* WebAssembly values as text; see motert_value.h. Relies on the C library's correctly rounded conversions. */
#include "motert_value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define F32_QUIET 0x400000u
#define F64_QUIET 0x8000000000000u

/* A number without a sign, all of the text. */
static bool read_unsigned(const char *text, uint64_t *number)
{
    char *end;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (!(hex ? isxdigit((unsigned char)text[2]) : isdigit((unsigned char)text[0]))) {
        return false;
    }
    errno = 0;
    *number = strtoull(text, &end, hex ? 16 : 10);
    return errno == 0 && *end == '\0';
}

static bool read_integer(const char *text, unsigned bits, uint64_t *value)
{
    uint64_t number;
    bool negative = *text == '-';
    if (!read_unsigned(text + (*text == '-' || *text == '+'), &number)) {
        return false;
    }
    if (number > (negative ? (uint64_t)1 << (bits - 1) : UINT64_MAX >> (64 - bits))) {
        return false;
    }
    *value = negative ? 0 - number : number;
    return true;
}

/* "nan" or "nan:0x...": *payload gets the fraction's bits, of which there are as many as in 2 * quiet - 1. */
static bool read_nan(const char *text, uint64_t quiet, uint64_t *payload)
{
    *payload = quiet;
    if (strcmp(text, "nan") == 0) {
        return true;
    }
    return strncmp(text, "nan:0x", 6) == 0 && read_unsigned(text + 4, payload) && *payload > 0 && *payload < 2 * quiet;
}

/* Whether strtod may have the text (without its sign), and whether it says infinity. */
static bool is_float_text(const char *text, bool *infinite)
{
    *infinite = strcmp(text, "inf") == 0 || strcmp(text, "infinity") == 0;
    return *infinite || isdigit((unsigned char)*text) || *text == '.';
}

static bool read_f32(const char *text, struct mote_value *value)
{
    char *end;
    bool infinite;
    uint64_t payload;
    const char *digits = text + (*text == '-' || *text == '+');
    if (read_nan(digits, F32_QUIET, &payload)) {
        value->of.i32 = 0x7F800000u | (uint32_t)payload | (*text == '-' ? 0x80000000u : 0);
        return true;
    }
    bool readable = is_float_text(digits, &infinite);
    value->of.f32 = strtof(text, &end);
    return readable && end != text && *end == '\0' && infinite == (isinf(value->of.f32) != 0);
}

static bool read_f64(const char *text, struct mote_value *value)
{
    char *end;
    bool infinite;
    uint64_t payload;
    const char *digits = text + (*text == '-' || *text == '+');
    if (read_nan(digits, F64_QUIET, &payload)) {
        value->of.i64 = 0x7FF0000000000000u | payload | (*text == '-' ? (uint64_t)1 << 63 : 0);
        return true;
    }
    bool readable = is_float_text(digits, &infinite);
    value->of.f64 = strtod(text, &end);
    return readable && end != text && *end == '\0' && infinite == (isinf(value->of.f64) != 0);
}

/* A number n becomes the pointer n + 1, so that 0 is not null. */
static bool read_externref(const char *text, struct mote_value *value)
{
    uint64_t number;
    if (strcmp(text, "null") == 0) {
        return true;
    }
    if (!read_unsigned(text, &number) || number >= UINTPTR_MAX) {
        return false;
    }
    value->of.externref = (void *)((uintptr_t)number + 1);
    return true;
}

bool motert_value_read(const char *text, enum mote_valtype type, struct mote_value *value)
{
    uint64_t number;
    *value = (struct mote_value){.type = type, .of.bits = 0};
    switch (type) {
    case MOTE_I32:
        if (!read_integer(text, 32, &number)) {
            return false;
        }
        value->of.i32 = (uint32_t)number;
        return true;
    case MOTE_I64:
        return read_integer(text, 64, &value->of.i64);
    case MOTE_F32:
        return read_f32(text, value);
    case MOTE_F64:
        return read_f64(text, value);
    case MOTE_FUNCREF:
        return strcmp(text, "null") == 0;
    case MOTE_EXTERNREF:
        return read_externref(text, value);
    }
    return false;
}

const char *motert_value_wanted(enum mote_valtype type)
{
    switch (type) {
    case MOTE_I32:
        return "a decimal or 0x number from -2147483648 to 4294967295";
    case MOTE_I64:
        return "a decimal or 0x number from -9223372036854775808 to 18446744073709551615";
    case MOTE_F32:
    case MOTE_F64:
        return "a number as in 1.5, -2e10 or 0x1p-3, or inf, nan, nan:0x1";
    case MOTE_FUNCREF:
        return "null";
    case MOTE_EXTERNREF:
        return "null or a number";
    }
    return "nothing: this type cannot be given here";
}

static void print_nan(FILE *to, bool negative, uint64_t payload, uint64_t quiet)
{
    fputs(negative ? "-nan" : "nan", to);
    if (payload != quiet) {
        fprintf(to, ":0x%" PRIx64, payload);
    }
    fputc('\n', to);
}

static void print_f32(FILE *to, const struct mote_value *value)
{
    char text[40];
    if (isnan(value->of.f32)) {
        print_nan(to, value->of.i32 >> 31, value->of.i32 & (2 * F32_QUIET - 1), F32_QUIET);
        return;
    }
    int digits = 1;
    do {
        snprintf(text, sizeof text, "%.*g", digits, (double)value->of.f32);
    } while (digits++ < 9 && strtof(text, NULL) != value->of.f32);
    fprintf(to, "%s\n", text);
}

static void print_f64(FILE *to, const struct mote_value *value)
{
    char text[40];
    if (isnan(value->of.f64)) {
        print_nan(to, value->of.i64 >> 63, value->of.i64 & (2 * F64_QUIET - 1), F64_QUIET);
        return;
    }
    int digits = 1;
    do {
        snprintf(text, sizeof text, "%.*g", digits, value->of.f64);
    } while (digits++ < 17 && strtod(text, NULL) != value->of.f64);
    fprintf(to, "%s\n", text);
}

static void print_reference(FILE *to, const struct mote_value *value)
{
    if (value->type == MOTE_FUNCREF) {
        fputs(value->of.funcref ? "function\n" : "null\n", to);
    } else if (value->of.externref) {
        fprintf(to, "%" PRIuPTR "\n", (uintptr_t)value->of.externref - 1);
    } else {
        fputs("null\n", to);
    }
}

void motert_value_print(FILE *to, const struct mote_value *value)
{
    switch (value->type) {
    case MOTE_I32:
        fprintf(to, "%" PRId32 "\n", (int32_t)value->of.i32);
        break;
    case MOTE_I64:
        fprintf(to, "%" PRId64 "\n", (int64_t)value->of.i64);
        break;
    case MOTE_F32:
        print_f32(to, value);
        break;
    case MOTE_F64:
        print_f64(to, value);
        break;
    case MOTE_FUNCREF:
    case MOTE_EXTERNREF:
        print_reference(to, value);
        break;
    }
}

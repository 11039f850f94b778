/* Base64; see base64.h. */
#include "base/base64.h"

static char digit(uint32_t value)
{
    value &= 63;
    if (value < 52) {
        return (char)(value < 26 ? 'A' + value : 'a' + value - 26);
    }
    return (char)(value < 62 ? '0' + value - 52 : value == 62 ? '+' : '/');
}

size_t mote_base64_encode(const uint8_t *bytes, size_t size, char *text)
{
    char *to = text;
    for (size_t i = 0; i < size; i += 3, to += 4) {
        size_t rest = size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 | (rest > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (rest > 2 ? bytes[i + 2] : 0);
        to[0] = digit(three >> 18);
        to[1] = digit(three >> 12);
        to[2] = rest > 1 ? digit(three >> 6) : '=';
        to[3] = rest > 2 ? digit(three) : '=';
    }
    return (size_t)(to - text);
}

int mote_base64_value(uint8_t character)
{
    uint8_t letter = (uint8_t)((character | 0x20) - 'a');
    if (letter < 26) {
        return character & 0x20 ? 26 + letter : letter;
    }
    if (character >= '0' && character <= '9') {
        return 52 + character - '0';
    }
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

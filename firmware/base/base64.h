/* Base64 (RFC 4648, section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Writes 4 characters for each 3 bytes, the last filled up with '='; returns how many. No zero byte. */
size_t mote_base64_encode(const uint8_t *bytes, size_t size, char *text);

/* What a character stands for, 0 to 63; -1 for any other, '=' too. */
int mote_base64_value(uint8_t character);

#endif

/* Checksums bit by bit, without tables: some forty instructions a byte, which no serial line notices; see crc.h. */
#include "base/crc.h"

uint16_t mote_crc16(uint16_t crc, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint32_t sum = crc;
    while (size-- > 0) {
        sum ^= (uint32_t)*at++ << 8;
        for (unsigned bit = 0; bit < 8; bit++) {
            sum = sum & 0x8000 ? sum << 1 ^ 0x1021 : sum << 1;
        }
    }
    return (uint16_t)sum;
}

uint32_t mote_crc32(uint32_t crc, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    crc = ~crc;
    while (size-- > 0) {
        crc ^= *at++;
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
    }
    return ~crc;
}

/* Checksums: CRC-16 bit by bit, some forty instructions a byte, which no serial line notices; CRC-32, which files need as well, by halves of bytes; see crc.h. */
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

uint32_t mote_crc32_part(uint32_t crc, const void *bytes, size_t size)
{
    /* What four bits that leave at the low end do to the rest. */
    static const uint32_t nibbles[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    const uint8_t *at = bytes;
    while (size-- > 0) {
        crc ^= *at++;
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return crc;
}

uint32_t mote_crc32(uint32_t crc, const void *bytes, size_t size)
{
    return ~mote_crc32_part(~crc, bytes, size);
}

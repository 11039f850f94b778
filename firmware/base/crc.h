/* Checksums against accidents: CRC-16 as on serial lines (XMODEM: polynomial 0x1021, from 0) and CRC-32 as in Ethernet and ZIP. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Both go on from `crc`, which is 0 at the start. A message followed by its CRC-16, the high byte first, comes to 0. */
uint16_t mote_crc16(uint16_t crc, const void *bytes, size_t size);
uint32_t mote_crc32(uint32_t crc, const void *bytes, size_t size);
/* The same without the complements before and after. */
uint32_t mote_crc32_part(uint32_t crc, const void *bytes, size_t size);

#endif

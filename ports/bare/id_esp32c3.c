/* The MAC address that the ESP32-C3 is born with, as it is written: the manufacturer's part first. */
#include "hal/system.h"
#include "registers.h"

#define MAC_LOW register_at(0x60008844u, 0)
#define MAC_HIGH register_at(0x60008848u, 0)
#define MAC_BYTES 6

size_t hal_system_id(uint8_t id[16])
{
    uint64_t mac = (uint64_t)*MAC_HIGH << 32 | *MAC_LOW;
    for (uint32_t i = 0; i < MAC_BYTES; i++) {
        id[i] = (uint8_t)(mac >> (8 * (MAC_BYTES - 1 - i)));
    }
    return MAC_BYTES;
}

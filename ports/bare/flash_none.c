/* The board has no flash that belongs to mote. */
#include "flash_chip.h"

bool flash_chip_init(void)
{
    return false;
}

bool flash_chip_erase(uint32_t address)
{
    (void)address;
    return false;
}

bool flash_chip_write(uint32_t address, const uint32_t *words, uint32_t size)
{
    (void)address, (void)words, (void)size;
    return false;
}

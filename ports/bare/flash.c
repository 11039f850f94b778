/* Regions of flash, as the board's "partitions" name them, above the driver of its memory. */
#include "hal/flash.h"

#include <stddef.h>

#include "base/config.h"
#include "flash_chip.h"
#include "mem.h"
#include "protect.h"

#define REGION(at, length) \
    {.data = (const uint8_t *)(at), .size = (length), .sector_bytes = CONFIG_BARE_FLASH_SECTOR_BYTES, .write_bytes = CONFIG_BARE_FLASH_WRITE_BYTES}

static const struct hal_flash regions[HAL_FLASH_REGIONS] = {
    [HAL_FLASH_STORE] = REGION(CONFIG_BARE_PARTITION_STORE_ADDRESS, CONFIG_BARE_PARTITION_STORE_BYTES),
    [HAL_FLASH_FILES] = REGION(CONFIG_BARE_PARTITION_FILES_ADDRESS, CONFIG_BARE_PARTITION_FILES_BYTES),
};

#undef REGION

const struct hal_flash *hal_flash_region(enum hal_flash_region region)
{
    static bool was_tried, is_there;
    if (!was_tried) {
        was_tried = true;
        protect_open_flash();
        is_there = flash_chip_init();
        protect_close_flash();
    }
    return is_there && regions[region].size > 0 ? &regions[region] : NULL;
}

bool hal_flash_erase(enum hal_flash_region region, uint32_t at, uint32_t size)
{
    uint32_t address = (uint32_t)(uintptr_t)regions[region].data + at;
    bool is_done = true;
    protect_open_flash();
    for (uint32_t end = address + size; is_done && address < end; address += CONFIG_BARE_FLASH_SECTOR_BYTES) {
        is_done = flash_chip_erase(address);
    }
    protect_close_flash();
    return is_done;
}

/* Goes by way of RAM: while it is written flash cannot be read. */
bool hal_flash_write(enum hal_flash_region region, uint32_t at, const void *data, uint32_t size)
{
    uint32_t piece[FLASH_PIECE_BYTES / sizeof(uint32_t)];
    uint32_t address = (uint32_t)(uintptr_t)regions[region].data + at;
    const uint8_t *bytes = data;
    bool is_done = true;
    protect_open_flash();
    while (is_done && size > 0) {
        uint32_t count = FLASH_PIECE_BYTES - address % FLASH_PIECE_BYTES;
        count = count < size ? count : size;
        memcpy(piece, bytes, count);
        is_done = flash_chip_write(address, piece, count);
        address += count;
        bytes += count;
        size -= count;
    }
    protect_close_flash();
    return is_done;
}

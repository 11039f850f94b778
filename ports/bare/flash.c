/* Regions of flash, as the board's "partitions" name them, above the driver of its memory. */
#include "hal/flash.h"

#include <stddef.h>

#include "base/config.h"
#include "flash_chip.h"
#include "mem.h"
#include "protect.h"
#include "thread.h"

#define REGION(at, length) \
    {.data = (const uint8_t *)(at), .size = (length), .sector_bytes = CONFIG_BARE_FLASH_SECTOR_BYTES, .write_bytes = CONFIG_BARE_FLASH_WRITE_BYTES}

static const struct hal_flash regions[HAL_FLASH_REGIONS] = {
    [HAL_FLASH_STORE] = REGION(CONFIG_BARE_PARTITION_STORE_ADDRESS, CONFIG_BARE_PARTITION_STORE_BYTES),
    [HAL_FLASH_FILES] = REGION(CONFIG_BARE_PARTITION_FILES_ADDRESS, CONFIG_BARE_PARTITION_FILES_BYTES),
};

#undef REGION

/* What the driver is asked for, with the rights that it needs. */
struct request {
    uint32_t address, size;
    const uint8_t *data;
    bool is_done;
};

static bool ask(void (*work)(void *request), struct request *request)
{
    protect_open_flash();
    thread_with_rights(work, request);
    protect_close_flash();
    return request->is_done;
}

static void init(void *user)
{
    struct request *request = user;
    request->is_done = flash_chip_init();
}

const struct hal_flash *hal_flash_region(enum hal_flash_region region)
{
    static bool was_tried, is_there;
    if (!was_tried) {
        struct request request = {.is_done = false};
        was_tried = true;
        is_there = ask(init, &request);
    }
    return is_there && regions[region].size > 0 ? &regions[region] : NULL;
}

static void erase(void *user)
{
    struct request *request = user;
    request->is_done = true;
    for (uint32_t at = 0; request->is_done && at < request->size; at += CONFIG_BARE_FLASH_SECTOR_BYTES) {
        request->is_done = flash_chip_erase(request->address + at);
    }
}

bool hal_flash_erase(enum hal_flash_region region, uint32_t at, uint32_t size)
{
    struct request request = {.address = (uint32_t)(uintptr_t)regions[region].data + at, .size = size};
    return ask(erase, &request);
}

/* By way of RAM: flash cannot be read while it is written. */
static void write(void *user)
{
    struct request *request = user;
    uint32_t piece[FLASH_PIECE_BYTES / sizeof(uint32_t)];
    request->is_done = true;
    for (uint32_t at = 0, count; request->is_done && at < request->size; at += count) {
        uint32_t address = request->address + at, left = request->size - at;
        count = FLASH_PIECE_BYTES - address % FLASH_PIECE_BYTES;
        count = count < left ? count : left;
        memcpy(piece, request->data + at, count);
        request->is_done = flash_chip_write(address, piece, count);
    }
}

bool hal_flash_write(enum hal_flash_region region, uint32_t at, const void *data, uint32_t size)
{
    struct request request = {.address = (uint32_t)(uintptr_t)regions[region].data + at, .size = size, .data = data};
    return ask(write, &request);
}

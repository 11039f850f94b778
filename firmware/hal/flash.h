/* Flash memory that belongs to mote: regions that the board's data (or the command line) name. Erased bytes read as 0xFF. */
#ifndef HAL_FLASH_H
#define HAL_FLASH_H

#include <stdbool.h>
#include <stdint.h>

enum hal_flash_region {
    HAL_FLASH_STORE, /* packages; mapped, and native code in it can be executed (hal_code_open) */
    HAL_FLASH_FILES, /* files (littlefs) */
    HAL_FLASH_REGIONS,
};

struct hal_flash {
    const uint8_t *data;   /* the region as memory that can be read, for as long as the program runs */
    uint32_t size;         /* bytes, a multiple of sector_bytes */
    uint32_t sector_bytes; /* what is erased at once; a power of two, 256 to 262144 */
    uint32_t write_bytes;  /* writes begin at a multiple of this and have a multiple of it as size; a power of two, 1 to 32 */
};

/* A region's shape, the same at each call; NULL when the machine has no such region. Any thread. */
const struct hal_flash *hal_flash_region(enum hal_flash_region region);

/* Erases whole sectors: `at` and `size` are multiples of sector_bytes inside the region. A sector takes up to 400 ms, during which no other thread
   runs on some machines. False when the memory failed. Any thread that holds the lock. */
bool hal_flash_erase(enum hal_flash_region region, uint32_t at, uint32_t size);

/* Writes bytes that have not been written since their sector was erased; `data` may lie anywhere, also in flash. False when the memory failed:
   the bytes are then undefined until they are erased. When power is lost any part of the write may have happened. Any thread that holds the lock. */
bool hal_flash_write(enum hal_flash_region region, uint32_t at, const void *data, uint32_t size);

#endif

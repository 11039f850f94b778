/* Parallel flash with the command set of Intel (Common Flash Interface, command set 1): two chips of 16 bits side by side, so that each command
   and each answer is there twice in a word. */
#include "base/config.h"
#include "flash_chip.h"
#include "registers.h"

#define BOTH(value) ((uint32_t)(value) << 16 | (value))
#define READ_ARRAY BOTH(0xFF)
#define READ_ID BOTH(0x90)
#define CLEAR_STATUS BOTH(0x50)
#define ERASE BOTH(0x20)
#define WRITE_TO_BUFFER BOTH(0xE8)
#define CONFIRM BOTH(0xD0)
#define READY BOTH(0x80)
#define FAILED BOTH(0x38) /* erasing, programming, voltage */
#define INTEL BOTH(0x89)

/* Waits for both chips, ends with the memory readable again. */
static bool finish(uint32_t address)
{
    volatile uint32_t *at = register_at(address, 0);
    uint32_t status;
    do {
        status = *at;
    } while ((status & READY) != READY);
    *at = CLEAR_STATUS;
    *at = READ_ARRAY;
    return (status & FAILED) == 0;
}

bool flash_chip_init(void)
{
    volatile uint32_t *at = register_at(CONFIG_BARE_FLASH_ADDRESS, 0);
    *at = READ_ID;
    bool is_there = *at == INTEL;
    *at = READ_ARRAY;
    return is_there;
}

bool flash_chip_erase(uint32_t address)
{
    volatile uint32_t *at = register_at(address, 0);
    *at = ERASE;
    *at = CONFIRM;
    return finish(address);
}

bool flash_chip_write(uint32_t address, const uint32_t *words, uint32_t size)
{
    volatile uint32_t *at = register_at(address, 0);
    uint32_t count = size / sizeof *words;
    *at = WRITE_TO_BUFFER;
    while ((*at & READY) != READY) {
    }
    *at = BOTH(count - 1);
    for (uint32_t i = 0; i < count; i++) {
        at[i] = words[i];
    }
    *at = CONFIRM;
    return finish(address);
}

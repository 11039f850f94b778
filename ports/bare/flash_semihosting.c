/* Flash that is played by RAM and kept in a file of the machine that emulates this one: the file that the emulator's command line names behind the
   program. Without a file it lasts until the power is switched off. */
#include <stddef.h>

#include "base/config.h"
#include "flash_chip.h"
#include "mem.h"
#include "registers.h"
#include "semihosting.h"

#define OPEN 0x01u
#define WRITE 0x05u
#define READ 0x06u
#define SEEK 0x0Au
#define GET_COMMAND_LINE 0x15u
#define MODE_UPDATE 3u /* "r+b" */
#define NO_FILE UINT32_MAX
#define ERASED 0xFF
#define FILLED 0x4C4C4946u /* behind the memory: it has been filled since the power is on */

static uintptr_t file = NO_FILE;

/* Where the file's name begins; NULL: there is none. */
static const char *find_name(const char *line)
{
    while (*line && *line != ' ') {
        line++;
    }
    return *line ? line + 1 : NULL;
}

static void open_file(void)
{
    char line[256];
    uintptr_t room[] = {(uintptr_t)line, sizeof line};
    const char *name = semihosting(GET_COMMAND_LINE, room) == 0 ? find_name(line) : NULL;
    if (name) {
        uintptr_t length = 0;
        while (name[length]) {
            length++;
        }
        uintptr_t open[] = {(uintptr_t)name, MODE_UPDATE, length};
        file = semihosting(OPEN, open);
    }
}

/* Whether reading or writing the file brought or took all bytes. */
static bool transfer(uint32_t operation, uint32_t address, uint32_t size)
{
    uintptr_t seek[] = {file, address - CONFIG_BARE_FLASH_ADDRESS};
    uintptr_t bytes[] = {file, address, size};
    return file == NO_FILE || (semihosting(SEEK, seek) == 0 && semihosting(operation, bytes) == 0);
}

bool flash_chip_init(void)
{
    volatile uint32_t *mark = register_at(CONFIG_BARE_FLASH_ADDRESS, CONFIG_BARE_FLASH_BYTES);
    open_file();
    if (file == NO_FILE && *mark == FILLED) {
        return true;
    }
    *mark = FILLED;
    memset((void *)CONFIG_BARE_FLASH_ADDRESS, ERASED, CONFIG_BARE_FLASH_BYTES);
    return transfer(READ, CONFIG_BARE_FLASH_ADDRESS, CONFIG_BARE_FLASH_BYTES);
}

bool flash_chip_erase(uint32_t address)
{
    memset((void *)(uintptr_t)address, ERASED, CONFIG_BARE_FLASH_SECTOR_BYTES);
    return transfer(WRITE, address, CONFIG_BARE_FLASH_SECTOR_BYTES);
}

bool flash_chip_write(uint32_t address, const uint32_t *words, uint32_t size)
{
    volatile uint32_t *at = register_at(address, 0);
    for (uint32_t i = 0; i < size / sizeof *words; i++) {
        at[i] &= words[i];
    }
    return transfer(WRITE, address, size);
}

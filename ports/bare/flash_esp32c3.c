/* The SPI flash that an ESP32-C3 runs from, by functions of its ROM. While one works, flash cannot be read: the code around it lies in RAM, the cache is
   off, and of all interrupts only the console's comes, by a trap handler in RAM that does nothing but empty its FIFO. */
#include <stddef.h>

#include "base/config.h"
#include "esp32c3.h"
#include "flash_chip.h"
#include "ram_code.h"
#include "thread.h"

/* Functions of the ROM have up to three arguments and return 0 when they succeed. */
typedef uint32_t rom_function(uint32_t a, uintptr_t b, uint32_t c);
#define ROM_ERASE_SECTOR ((rom_function *)0x40000128u) /* number of the sector */
#define ROM_WRITE ((rom_function *)0x4000012Cu)        /* offset, words, bytes */
#define ROM_UNLOCK ((rom_function *)0x40000140u)
#define ROM_CACHE_DISABLE ((rom_function *)0x4000051Cu) /* forgets all that it holds; returns what enabling asks for */
#define ROM_CACHE_ENABLE ((rom_function *)0x40000520u)
#define ROM_CONFIGURE ((uint32_t(*)(uint32_t id, uint32_t chip, uint32_t block, uint32_t sector, uint32_t page, uint32_t status))0x40000134u)

#define BLOCK_BYTES 65536u
#define PAGE_BYTES 256u
#define STATUS_MASK 0xFFFFu

/* The door for the console's interrupt: a line's entry lies at four times its number. */
extern const uint32_t flash_vectors[];
__asm__(
    ".section .ram_code, \"ax\"\n"
    ".balign 256\n"
    "flash_vectors:\n"
    "    .option push\n"
    "    .option norvc\n"
    "    .rept 4\n"
    "    j flash_trap\n"
    "    .endr\n"
    "    .option pop\n"
    ".text\n");

RAM_CODE __attribute__((interrupt, used)) void flash_trap(void);
void flash_trap(void)
{
    esp32c3_console_receive();
}

RAM_CODE static uint32_t call(rom_function *function, uint32_t a, uintptr_t b, uint32_t c)
{
    uint32_t autoload = ROM_CACHE_DISABLE(0, 0, 0);
    uint32_t result = function(a, b, c);
    ROM_CACHE_ENABLE(autoload, 0, 0);
    return result;
}

static bool work(rom_function *function, uint32_t a, uintptr_t b, uint32_t c)
{
    uintptr_t vectors;
    bool were_on = thread_interrupts_off();
    uint32_t threshold = esp32c3_set_threshold(ESP32C3_THRESHOLD_CONSOLE);
    __asm__ volatile("csrrw %0, mtvec, %1" : "=r"(vectors) : "r"((uintptr_t)flash_vectors | 1));
    thread_interrupts_on();
    uint32_t result = call(function, a, b, c);
    thread_interrupts_off();
    __asm__ volatile("csrw mtvec, %0" : : "r"(vectors));
    esp32c3_set_threshold(threshold);
    if (were_on) {
        thread_interrupts_on();
    }
    return result == 0;
}

bool flash_chip_init(void)
{
    ROM_CONFIGURE(0, CONFIG_BARE_FLASH_BYTES, BLOCK_BYTES, CONFIG_BARE_FLASH_SECTOR_BYTES, PAGE_BYTES, STATUS_MASK);
    return work(ROM_UNLOCK, 0, 0, 0);
}

bool flash_chip_erase(uint32_t address)
{
    return work(ROM_ERASE_SECTOR, (address - CONFIG_BARE_FLASH_ADDRESS) / CONFIG_BARE_FLASH_SECTOR_BYTES, 0, 0);
}

bool flash_chip_write(uint32_t address, const uint32_t *words, uint32_t size)
{
    return work(ROM_WRITE, address - CONFIG_BARE_FLASH_ADDRESS, (uintptr_t)words, size);
}

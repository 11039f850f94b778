/* The flash of a board, on the board: commands on the console, see test_flash.py. REGION is 0 (store) or 1 (files). */
#include "hal/flash.h"

#include <stddef.h>

#include "../../ports/bare/bench_command.h"
#include "../../ports/bare/boot.h"
#include "../../ports/bare/mem.h"
#include "../../ports/bare/print.h"

static uint8_t pattern(uint32_t seed, uint32_t at)
{
    return (uint8_t)(seed * 131 + at * 7 + (at >> 8) * 13);
}

static void print_result(const char *what, bool is_right)
{
    print(what);
    print(is_right ? ": right\n" : ": wrong\n");
}

static void shape(enum hal_flash_region region)
{
    const struct hal_flash *flash = hal_flash_region(region);
    print("flash ");
    print_number(flash ? flash->size : 0);
    print(" ");
    print_number(flash ? flash->sector_bytes : 0);
    print(" ");
    print_number(flash ? flash->write_bytes : 0);
    print("\n");
}

static bool is_erased(const struct hal_flash *flash, uint32_t at, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (flash->data[at + i] != 0xFF) {
            return false;
        }
    }
    return true;
}

static void erase(enum hal_flash_region region, uint32_t at, uint32_t size)
{
    const struct hal_flash *flash = hal_flash_region(region);
    print_result("erase", hal_flash_erase(region, at, size) && is_erased(flash, at, size));
}

/* Writes from an odd address, so that the driver has to care. */
static void write(enum hal_flash_region region, uint32_t at, uint32_t size, uint32_t seed)
{
    uint8_t bytes[1025];
    for (uint32_t i = 0; i < size && i < sizeof bytes - 1; i++) {
        bytes[1 + i] = pattern(seed, i);
    }
    bool is_done = hal_flash_write(region, at, bytes + 1, size);
    print_result("write", is_done && memcmp(hal_flash_region(region)->data + at, bytes + 1, size) == 0);
}

static void check(enum hal_flash_region region, uint32_t at, uint32_t size, uint32_t seed)
{
    const struct hal_flash *flash = hal_flash_region(region);
    bool is_right = true;
    for (uint32_t i = 0; i < size; i++) {
        is_right &= flash->data[at + i] == pattern(seed, i);
    }
    print_result("check", is_right);
}

/* From flash to flash. */
static void copy(enum hal_flash_region region, uint32_t from, uint32_t to, uint32_t size)
{
    const struct hal_flash *flash = hal_flash_region(region);
    print_result("copy", hal_flash_write(region, to, flash->data + from, size) &&
                             memcmp(flash->data + from, flash->data + to, size) == 0);
}

int main(void)
{
    struct bench_command command;
    while (bench_command_read(&command)) {
        const uint64_t *numbers = command.numbers;
        enum hal_flash_region region = (enum hal_flash_region)numbers[0];
        uint32_t at = (uint32_t)numbers[1], size = (uint32_t)numbers[2], last = (uint32_t)numbers[3];
        switch (command.name[1]) {
        case 'h': command.name[0] == 's' ? shape(region) : check(region, at, size, last); break;
        case 'r': command.name[0] == 'e' ? erase(region, at, size) : write(region, at, size, last); break;
        case 'o': copy(region, at, size, last); break;
        default: print("no such command\n"); break;
        }
    }
    return 0;
}

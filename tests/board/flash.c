/* The flash of a board, on the board: commands on the console, see test_flash.py. REGION is 0 (store) or 1 (files). */
#include "hal/flash.h"

#include <stddef.h>

#include "../../ports/bare/bench_command.h"
#include "../../ports/bare/boot.h"
#include "../../ports/bare/mem.h"
#include "../../ports/bare/print.h"
#include "base/config.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/thread.h"

static uint8_t pattern(uint32_t seed, uint32_t at)
{
    return (uint8_t)(seed * 131 + at * 7 + (at >> 8) * 13);
}

/* Unlike print() on any thread. */
static void say(const char *text)
{
    size_t size = 0;
    while (text[size]) {
        size++;
    }
    while (size > 0) {
        size_t count = (size_t)hal_console_write(HAL_CONSOLE_OUT, text, size);
        text += count;
        size -= count;
    }
}

static void say_result(const char *what, bool is_right)
{
    say(what);
    say(is_right ? ": right\n" : ": wrong\n");
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
    say_result("erase", hal_flash_erase(region, at, size) && is_erased(flash, at, size));
}

/* Writes from an odd address, so that the driver has to care. */
static void write(enum hal_flash_region region, uint32_t at, uint32_t size, uint32_t seed)
{
    uint8_t bytes[1025];
    for (uint32_t i = 0; i < size && i < sizeof bytes - 1; i++) {
        bytes[1 + i] = pattern(seed, i);
    }
    bool is_done = hal_flash_write(region, at, bytes + 1, size);
    say_result("write", is_done && memcmp(hal_flash_region(region)->data + at, bytes + 1, size) == 0);
}

static void check(enum hal_flash_region region, uint32_t at, uint32_t size, uint32_t seed)
{
    const struct hal_flash *flash = hal_flash_region(region);
    bool is_right = true;
    for (uint32_t i = 0; i < size; i++) {
        is_right &= flash->data[at + i] == pattern(seed, i);
    }
    say_result("check", is_right);
}

/* From flash to flash. */
static void copy(enum hal_flash_region region, uint32_t from, uint32_t to, uint32_t size)
{
    const struct hal_flash *flash = hal_flash_region(region);
    say_result("copy", hal_flash_write(region, to, flash->data + from, size) &&
                             memcmp(flash->data + from, flash->data + to, size) == 0);
}

static void obey(const struct bench_command *command)
{
    const uint64_t *numbers = command->numbers;
    enum hal_flash_region region = (enum hal_flash_region)numbers[0];
    uint32_t at = (uint32_t)numbers[1], size = (uint32_t)numbers[2], last = (uint32_t)numbers[3];
    switch (command->name[1]) {
    case 'h': command->name[0] == 's' ? shape(region) : check(region, at, size, last); break;
    case 'r': command->name[0] == 'e' ? erase(region, at, size) : write(region, at, size, last); break;
    case 'o': copy(region, at, size, last); break;
    default: print("no such command\n"); break;
    }
}

static void obey_locked(void *user)
{
    hal_lock();
    obey(user);
    hal_unlock();
}

static void obey_on_thread(struct bench_command *command)
{
    static uint8_t stack[8192 + 2 * CONFIG_BARE_GUARD_BYTES] __attribute__((aligned(16)));
    struct hal_thread *thread = hal_thread_start(stack, sizeof stack, obey_locked, command);
    while (hal_thread_state(thread, NULL) == HAL_THREAD_RUNS) {
        hal_clock_sleep_ns(1000000);
    }
    print(hal_thread_state(thread, NULL) == HAL_THREAD_ENDED ? "thread: ended\n" : "thread: faulted\n");
    hal_thread_free(thread);
}

/* With a fifth number, which is 1, another thread than the main one does it. */
int main(void)
{
    struct bench_command command;
    while (bench_command_read(&command)) {
        if (command.count > 4 && command.numbers[4] == 1) {
            obey_on_thread(&command);
        } else {
            obey(&command);
        }
    }
    return 0;
}

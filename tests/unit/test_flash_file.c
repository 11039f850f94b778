/* ports/linux/flash.c: flash memory in files keeps to the rules of hal/flash.h, also when power is lost. */
#include "../../ports/linux/flash_file.h"
#include "hal/code.h"
#include "unit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

static const struct flash_file memory = {NULL, 65536, 4096, 8};
static const struct flash_faults no_faults;
static jmp_buf power;

static const struct hal_flash *open_region(const struct flash_file *file)
{
    flash_file_set_faults(&no_faults);
    REQUIRE(flash_file_open(HAL_FLASH_STORE, file));
    const struct hal_flash *flash = hal_flash_region(HAL_FLASH_STORE);
    REQUIRE(flash != NULL);
    return flash;
}

UNIT_TEST(test_flash_file_begins_erased_and_shows_what_is_written)
{
    const struct hal_flash *flash = open_region(&memory);
    CHECK_EQUAL(flash->size, 65536);
    CHECK(flash->data[0] == 0xFF && flash->data[65535] == 0xFF);
    CHECK(hal_flash_write(HAL_FLASH_STORE, 4096 - 8, "0123456789abcdef", 16));
    CHECK(memcmp(flash->data + 4096 - 8, "0123456789abcdef", 16) == 0);
    CHECK(hal_flash_erase(HAL_FLASH_STORE, 0, 4096));
    CHECK(flash->data[4095] == 0xFF && flash->data[4096] == '8');
    flash_file_close(HAL_FLASH_STORE);
    CHECK(hal_flash_region(HAL_FLASH_STORE) == NULL);
    CHECK(!hal_flash_erase(HAL_FLASH_STORE, 0, 4096));
}

UNIT_TEST(test_flash_file_refuses_what_flash_cannot_do)
{
    uint8_t ones[16];
    memset(ones, 0xFF, sizeof ones);
    open_region(&memory);
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 4, ones, 8));  /* not a multiple of the unit */
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 8, ones, 12));
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 65528, ones, 16)); /* beyond the end */
    CHECK(!hal_flash_erase(HAL_FLASH_STORE, 8, 4096));
    CHECK(!hal_flash_erase(HAL_FLASH_STORE, 61440, 8192));
    CHECK(hal_flash_write(HAL_FLASH_STORE, 16, ones, 16));
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 24, ones, 8)); /* twice, though it looks erased */
    CHECK(hal_flash_erase(HAL_FLASH_STORE, 0, 65536));
    CHECK(hal_flash_write(HAL_FLASH_STORE, 24, ones, 8));
    flash_file_close(HAL_FLASH_STORE);
}

UNIT_TEST(test_flash_file_refuses_shapes_that_no_flash_has)
{
    static const struct flash_file bad[] = {{NULL, 0, 4096, 1},     {NULL, 6000, 4096, 1}, {NULL, 4096, 128, 1},
                                            {NULL, 4096, 4096, 3},  {NULL, 4096, 4096, 64}, {NULL, 3072, 3072, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        errno = 0;
        CHECK(!flash_file_open(HAL_FLASH_STORE, &bad[i]));
        CHECK_EQUAL(errno, EINVAL);
    }
    struct flash_file nowhere = memory;
    nowhere.path = "/nowhere/flash.bin";
    CHECK(!flash_file_open(HAL_FLASH_FILES, &nowhere));
    CHECK_EQUAL(errno, ENOENT);
}

UNIT_TEST(test_flash_file_keeps_its_contents_and_its_lock)
{
    char path[] = "/tmp/mote-flash-XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    close(fd);
    struct flash_file file = {path, 8192, 4096, 8};
    open_region(&file);
    CHECK(hal_flash_write(HAL_FLASH_STORE, 8, "persists", 8));
    CHECK(!flash_file_open(HAL_FLASH_FILES, &file)); /* somebody has it open */
    CHECK_EQUAL(errno, EWOULDBLOCK);
    flash_file_close(HAL_FLASH_STORE);
    const struct hal_flash *flash = open_region(&file);
    CHECK(memcmp(flash->data + 8, "persists", 8) == 0);
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 8, "anything", 8));
    CHECK(hal_flash_write(HAL_FLASH_STORE, 0, "anything", 8));
    flash_file_close(HAL_FLASH_STORE);
    file.size = 4096;
    CHECK(!flash_file_open(HAL_FLASH_STORE, &file));
    CHECK_EQUAL(errno, EINVAL);
    unlink(path);
}

UNIT_TEST(test_flash_file_executes_in_place)
{
    const struct hal_flash *flash = open_region(&memory);
    static const uint8_t code[] = {0xB8, 0x2A, 0x00, 0x00, 0x00, 0xC3, 0x90, 0x90}; /* return 42, on x86-64 */
    CHECK(hal_flash_write(HAL_FLASH_STORE, 64, code, sizeof code));
    const void *image = hal_code_open(flash->data + 64, sizeof code);
    CHECK(image == flash->data + 64);
#if defined(__x86_64__)
    int (*function)(void);
    memcpy(&function, &image, sizeof function);
    CHECK_EQUAL(function(), 42);
#endif
    hal_code_close(image, flash->data + 64, sizeof code);
    CHECK(hal_flash_erase(HAL_FLASH_STORE, 0, 4096)); /* by way of the file: the mapping is never writable */
    CHECK_EQUAL(flash->data[64], 0xFF);
    flash_file_close(HAL_FLASH_STORE);
}

static void power_lost(void)
{
    longjmp(power, 1);
}

/* Loses power while 256 zeros are written and while they are erased; what is left is a part of it, and can be erased. */
static void lose_power(enum flash_cut cut, uint32_t seed)
{
    static const uint8_t zeros[256];
    const struct hal_flash *flash = open_region(&memory);
    flash_file_set_faults(&(struct flash_faults){.cut_at = 2, .cut = cut, .seed = seed, .lost = power_lost});
    if (setjmp(power) == 0) {
        CHECK(hal_flash_write(HAL_FLASH_STORE, 0, zeros, 256));
        hal_flash_write(HAL_FLASH_STORE, 256, zeros, 256);
        CHECK(false);
    }
    CHECK_EQUAL(flash_file_operations(), 2);
    CHECK_EQUAL(flash->data[255], 0);
    CHECK_EQUAL(flash->data[512], 0xFF);
    CHECK(cut != FLASH_CUT_BEFORE || flash->data[256] == 0xFF);
    flash_file_set_faults(&(struct flash_faults){.cut_at = 1, .cut = cut, .seed = seed, .lost = power_lost});
    if (setjmp(power) == 0) {
        hal_flash_erase(HAL_FLASH_STORE, 0, 4096);
        CHECK(false);
    }
    CHECK(cut != FLASH_CUT_BEFORE || flash->data[0] == 0);
    flash_file_set_faults(&no_faults);
    CHECK(hal_flash_erase(HAL_FLASH_STORE, 0, 4096));
    CHECK(hal_flash_write(HAL_FLASH_STORE, 256, zeros, 256));
    flash_file_close(HAL_FLASH_STORE);
}

UNIT_TEST(test_flash_file_loses_power_in_the_middle)
{
    for (uint32_t seed = 0; seed < 20; seed++) {
        for (enum flash_cut cut = FLASH_CUT_BEFORE; cut < FLASH_CUTS; cut++) {
            lose_power(cut, seed);
        }
    }
}

UNIT_TEST(test_flash_file_fails_when_told_to)
{
    open_region(&memory);
    flash_file_set_faults(&(struct flash_faults){.fail_from = 2, .fail_until = 3});
    CHECK(hal_flash_write(HAL_FLASH_STORE, 0, "01234567", 8));
    CHECK(!hal_flash_write(HAL_FLASH_STORE, 8, "01234567", 8));
    CHECK(!hal_flash_erase(HAL_FLASH_STORE, 4096, 4096));
    CHECK(hal_flash_erase(HAL_FLASH_STORE, 0, 8192));
    CHECK_EQUAL(flash_file_operations(), 5);
    flash_file_set_faults(&no_faults);
    flash_file_close(HAL_FLASH_STORE);
}

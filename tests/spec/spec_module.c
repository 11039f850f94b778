/* The driver's commands for modules: staging their bytes, validating, loading, unloading. */
#include "spec_text.h"

#include "spec_driver.h"

/* Room for `size` more bytes, more than is asked for: modules come in many small pieces. */
static bool make_room(struct spec_driver *driver, size_t size)
{
    if (driver->staged_capacity - driver->staged_size >= size) {
        return true;
    }
    size_t wanted = driver->staged_size + size + driver->staged_size / 2;
    void *moved = driver->allocator.resize(driver->allocator.user, driver->staged, driver->staged_capacity, wanted);
    if (moved) {
        driver->staged = moved;
        driver->staged_capacity = wanted;
    }
    return moved != NULL;
}

bool spec_stage(struct spec_driver *driver, const void *bytes, size_t size)
{
    if (!make_room(driver, size)) {
        return false;
    }
    memcpy(driver->staged + driver->staged_size, bytes, size);
    driver->staged_size += size;
    return true;
}

static void answer_staged(const struct spec_driver *driver)
{
    spec_say("ok ");
    spec_say_number(driver->staged_size);
    spec_say_end();
}

void spec_do_stage(struct spec_driver *driver)
{
    const char *digits = driver->rest + strspn(driver->rest, " ");
    if (!make_room(driver, strlen(digits) / 2 + 1)) {
        spec_answer("fail ", "out of memory");
        return;
    }
    for (; *digits; digits += 2) {
        int high = spec_hex_digit(digits[0]);
        int low = high < 0 ? -1 : spec_hex_digit(digits[1]);
        if (low < 0) {
            spec_answer("fail ", "not hexadecimal");
            return;
        }
        driver->staged[driver->staged_size++] = (uint8_t)(high << 4 | low);
    }
    answer_staged(driver);
}

void spec_do_file(struct spec_driver *driver)
{
    struct spec_name path;
    driver->staged_size = 0;
    if (!spec_take_name(&driver->rest, &path) || !spec_machine_stage_file(driver, path.text)) {
        spec_answer("fail ", "no such file");
        return;
    }
    answer_staged(driver);
}

/* Takes the staged bytes into a block of exactly their size, so that a sanitizer sees each byte that is read beyond. */
static struct spec_block *take_staged(struct spec_driver *driver)
{
    struct spec_block *block = driver->allocator.resize(driver->allocator.user, NULL, 0, sizeof *block);
    if (!block) {
        return NULL;
    }
    *block = (struct spec_block){driver->blocks, driver->staged_size, NULL};
    driver->blocks = block;
    if (driver->staged_size) {
        block->bytes = driver->allocator.resize(driver->allocator.user, NULL, 0, driver->staged_size);
        if (!block->bytes) {
            block->size = 0;
            return NULL;
        }
        memcpy(block->bytes, driver->staged, driver->staged_size);
    }
    spec_release(driver, driver->staged, driver->staged_capacity);
    driver->staged = NULL;
    driver->staged_size = driver->staged_capacity = 0;
    return block;
}

/* Drops the block that was taken last. */
static void drop_block(struct spec_driver *driver)
{
    struct spec_block *block = driver->blocks;
    driver->blocks = block->next;
    spec_release(driver, block->bytes, block->size);
    spec_release(driver, block, sizeof *block);
}

void spec_do_validate(struct spec_driver *driver)
{
    struct mote_diag diag;
    struct spec_block *block = take_staged(driver);
    if (!block) {
        spec_answer("fail ", "out of memory");
        return;
    }
    spec_answer_result(driver, mote_module_validate(driver->runtime, block->bytes ? (void *)block->bytes : "", block->size, &diag), &diag);
    drop_block(driver);
}

bool spec_take_handle(struct spec_driver *driver, uint64_t *handle)
{
    return spec_take_number(&driver->rest, handle) && *handle < SPEC_HANDLES;
}

void spec_do_load(struct spec_driver *driver)
{
    uint64_t m;
    struct mote_diag diag;
    if (!spec_take_handle(driver, &m) || driver->modules[m]) {
        spec_answer("fail ", "need a free module handle");
        return;
    }
    struct spec_block *block = take_staged(driver);
    if (!block) {
        spec_answer("fail ", "out of memory");
        return;
    }
    enum mote_error error = driver->prepares ? spec_load_prepared(driver, block, &driver->modules[m], &diag)
                                             : mote_module_load(driver->runtime, block->bytes ? (void *)block->bytes : "", block->size,
                                                                &driver->modules[m], &diag);
    spec_answer_result(driver, error, &diag);
    if (error) {
        drop_block(driver);
    }
}

void spec_do_unload(struct spec_driver *driver)
{
    uint64_t m;
    if (!spec_take_handle(driver, &m) || !driver->modules[m]) {
        spec_answer("fail ", "no such module");
        return;
    }
    mote_module_unload(driver->modules[m]);
    driver->modules[m] = NULL;
    spec_answer("ok", "");
}

void spec_do_engine(struct spec_driver *driver)
{
    uint64_t m;
    if (!spec_take_handle(driver, &m) || !driver->modules[m]) {
        spec_answer("fail ", "no such module");
        return;
    }
    spec_answer("ok ", mote_module_engine(driver->modules[m]));
}

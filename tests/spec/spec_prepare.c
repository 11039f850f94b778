/* The driver's other way of loading: the module is prepared first, and then loaded from what came out (mote.h, "Prepared modules"). */
#include "spec_text.h"

#include "spec_driver.h"

void spec_do_prepare(struct spec_driver *driver)
{
    char word[8] = "";
    spec_take_word(&driver->rest, word, sizeof word);
    driver->prepares = strcmp(word, "on") == 0;
    spec_answer("ok", "");
}

/* The block grows by exactly what is written, so that a sanitizer sees each byte that is read beyond. */
struct collector {
    struct spec_driver *driver;
    struct spec_block *block;
};

static bool collect(void *user, const void *data, size_t size)
{
    struct collector *collector = user;
    struct mote_allocator allocator = collector->driver->allocator;
    struct spec_block *block = collector->block;
    uint8_t *moved = allocator.resize(allocator.user, block->bytes, block->size, block->size + size);
    if (!moved) {
        return false;
    }
    memcpy(moved + block->size, data, size);
    block->bytes = moved;
    block->size += size;
    return true;
}

static enum mote_error prepare(struct spec_driver *driver, const struct spec_block *module, struct spec_block *block, struct mote_diag *diag)
{
    struct collector collector = {driver, block};
    struct mote_prepare_options options = {driver->runtime, module->bytes ? (void *)module->bytes : "", module->size, collect, &collector};
    struct mote_prepare *prepare;
    enum mote_error error = mote_prepare_new(&options, &prepare, diag);
    for (uint32_t left = 1; !error && left > 0;) {
        error = mote_prepare_step(prepare, &left, diag);
    }
    mote_prepare_free(prepare);
    return error;
}

enum mote_error spec_load_prepared(struct spec_driver *driver, const struct spec_block *module, struct mote_module **out,
                                   struct mote_diag *diag)
{
    struct spec_block *block = driver->allocator.resize(driver->allocator.user, NULL, 0, sizeof *block);
    if (!block) {
        return diag->error = MOTE_ERROR_NO_MEMORY;
    }
    *block = (struct spec_block){module->next, 0, NULL};
    driver->blocks->next = block; /* behind the module's own, which is the first */
    enum mote_error error = prepare(driver, module, block, diag);
    if (error) {
        return error;
    }
    return mote_module_load_prepared(driver->runtime, module->bytes, module->size, block->bytes, block->size, out, diag);
}

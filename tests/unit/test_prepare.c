/* Prepared modules: written in steps, loaded from the block, refused when they are another build's or another module's. */
#include "native_file.h"
#include "base/config.h"
#include "runtime/prepared.h"
#include "runtime/runtime.h"
#include "world.h"

struct block {
    _Alignas(8) uint8_t bytes[16384];
    uint32_t size, writes, fails_at; /* fails_at: the write that fails, from 1; 0: none */
};

static bool append(void *user, const void *data, size_t size)
{
    struct block *block = user;
    if (++block->writes == block->fails_at || size > sizeof block->bytes - block->size) {
        return false;
    }
    memcpy(block->bytes + block->size, data, size);
    block->size += (uint32_t)size;
    return true;
}

static enum mote_error prepare(struct world *w, const void *bytes, size_t size, struct block *block, uint32_t *steps)
{
    struct mote_prepare_options options = {w->runtime, bytes, size, append, block};
    struct mote_prepare *prepare;
    enum mote_error error = mote_prepare_new(&options, &prepare, &w->diag);
    *steps = 0;
    for (uint32_t left = 1; !error && left > 0; ++*steps) {
        error = mote_prepare_step(prepare, &left, &w->diag);
    }
    mote_prepare_free(prepare);
    return error;
}

static struct mote_module *load(struct world *w, const struct unit_module *file, const struct block *block)
{
    struct mote_module *module;
    mote_module_load_prepared(w->runtime, file->bytes, file->size, block->bytes, block->size, &module, &w->diag);
    return module;
}

UNIT_TEST(test_prepare_gives_what_loading_gives)
{
    static struct block block;
    struct world w;
    uint32_t steps;
    const struct unit_module *file = unit_find_module("basics");
    world_begin(&w);
    block = (struct block){.size = 0};
    struct mote_memory_usage before = mote_runtime_usage(w.runtime);
    REQUIRE(prepare(&w, file->bytes, file->size, &block, &steps) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).other_bytes, before.other_bytes);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).module_bytes, 0);
    struct mote_module *module = load(&w, file, &block);
    REQUIRE(module != NULL);
    struct mote_module *plain = world_load(&w, "basics");
    CHECK_EQUAL(mote_module_sizes(module).code_bytes, mote_module_sizes(plain).code_bytes);
    CHECK_EQUAL(mote_module_sizes(module).functions, mote_module_sizes(plain).functions);
    CHECK_EQUAL(steps, mote_module_sizes(plain).functions);
    CHECK_EQUAL(module->code_size > 0 && memcmp(module->code, plain->code, module->code_size) == 0, 1);
    mote_module_unload(plain);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).module_bytes, sizeof *module);
    CHECK_EQUAL(mote_runtime_usage(w.runtime).code_bytes, 0);
    mote_module_unload(module);
    world_end(&w);
}

static uint32_t innermost_offset(struct world *w, struct mote_module *module)
{
    struct mote_instance *instance;
    struct mote_frame frame;
    REQUIRE(mote_instance_new(module, w->agent, &instance, &w->diag) == MOTE_ERROR_NONE);
    CHECK_EQUAL(world_trap(w, instance, "trap_deep", 0, 0), MOTE_TRAP_UNREACHABLE);
    CHECK_EQUAL(mote_agent_frame_count(w->agent), 3);
    REQUIRE(mote_agent_frame(w->agent, 0, &frame));
    uint32_t offset = frame.offset;
    mote_module_unload(module);
    mote_instance_free(instance);
    return offset;
}

UNIT_TEST(test_prepare_traps_tell_their_offsets)
{
    static struct block block, copy;
    struct world w;
    uint32_t steps;
    const struct unit_module *file = unit_find_module("basics");
    world_begin(&w);
    block = (struct block){.size = 0};
    REQUIRE(prepare(&w, file->bytes, file->size, &block, &steps) == MOTE_ERROR_NONE);
    copy = block;
    uint32_t offset = innermost_offset(&w, world_load(&w, "basics"));
    CHECK(offset > 0 && offset != MOTE_NO_INDEX);
    CHECK_EQUAL(innermost_offset(&w, load(&w, file, &block)), offset);
    CHECK_EQUAL(memcmp(&copy, &block, sizeof block), 0);
    world_end(&w);
}

UNIT_TEST(test_prepare_stale_blocks_are_refused)
{
    static struct block block;
    struct world w;
    uint32_t steps;
    const struct unit_module *file = unit_find_module("basics");
    struct unit_module other = *file;
    world_begin(&w);
    block = (struct block){.size = 0};
    REQUIRE(prepare(&w, file->bytes, file->size, &block, &steps) == MOTE_ERROR_NONE);
    struct mote_prepared_end *end = (void *)(block.bytes + block.size - sizeof *end);
    end->build[1]++;
    CHECK(!load(&w, file, &block));
    CHECK_EQUAL(w.diag.error, MOTE_ERROR_STALE_PREPARED);
    end->build[1]--;
    other.size--;
    CHECK(!load(&w, &other, &block));
    CHECK_EQUAL(w.diag.error, MOTE_ERROR_STALE_PREPARED);
    uint32_t size = block.size;
    for (block.size = 0; block.size < size; block.size++) {
        CHECK(!load(&w, file, &block));
        CHECK_EQUAL(w.diag.error, MOTE_ERROR_STALE_PREPARED);
    }
    mote_module_unload(load(&w, file, &block));
    CHECK_EQUAL(w.diag.error, MOTE_ERROR_NONE);
    world_end(&w);
}

UNIT_TEST(test_prepare_ends_with_the_first_write_that_fails)
{
    static struct block block;
    struct world w;
    uint32_t steps;
    const struct unit_module *file = unit_find_module("basics");
    world_begin(&w);
    block = (struct block){.size = 0};
    REQUIRE(prepare(&w, file->bytes, file->size, &block, &steps) == MOTE_ERROR_NONE);
    for (uint32_t k = 1, writes = block.writes; k <= writes; k++) {
        block = (struct block){.fails_at = k};
        CHECK_EQUAL(prepare(&w, file->bytes, file->size, &block, &steps), MOTE_ERROR_WRITE_FAILED);
        CHECK_EQUAL(block.writes, k);
    }
    world_end(&w);
}

UNIT_TEST(test_prepare_refuses_what_loading_refuses)
{
    static struct block block;
    struct world w;
    struct mote_diag diag;
    struct mote_module *module;
    uint32_t steps;
    const struct unit_module *file = unit_find_module("basics");
    static uint8_t bytes[4096];
    world_begin(&w);
    REQUIRE(file->size <= sizeof bytes);
    for (uint32_t i = 8; i < file->size; i++) {
        memcpy(bytes, file->bytes, file->size);
        bytes[i] ^= 0x41;
        block = (struct block){.size = 0};
        enum mote_error expected = mote_module_load(w.runtime, bytes, file->size, &module, &diag);
        mote_module_unload(module);
        CHECK_EQUAL(prepare(&w, bytes, file->size, &block, &steps), expected);
        CHECK(!expected || (w.diag.offset == diag.offset && w.diag.funcidx == diag.funcidx));
    }
    world_end(&w);
}

UNIT_TEST(test_prepare_leaves_native_code_where_it_is)
{
    static struct native_file file;
    static struct block block;
    struct world w;
    uint32_t steps;
    struct mote_module *module;
    native_file_make(&file);
    world_begin(&w);
    block = (struct block){.size = 0};
    REQUIRE(prepare(&w, file.bytes, file.size, &block, &steps) == MOTE_ERROR_NONE);
    if (native_file_can_run && ENABLED(CONFIG_ENGINE_NATIVE)) {
        CHECK_EQUAL(steps, 1);
        CHECK_EQUAL(mote_module_load_prepared(w.runtime, file.bytes, file.size, block.bytes, block.size, &module, &w.diag), MOTE_ERROR_NONE);
        CHECK_TEXT(mote_module_engine(module), "native");
        mote_module_unload(module);
        w.runtime->native = MOTE_NATIVE_NEVER;
        CHECK_EQUAL(mote_module_load_prepared(w.runtime, file.bytes, file.size, block.bytes, block.size, &module, &w.diag),
                    MOTE_ERROR_STALE_PREPARED);
    }
    world_end(&w);
}

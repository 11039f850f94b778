/* See device.h. */
#include "device.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "../../ports/linux/flash_file.h"
#include "app/app_state.h"
#include "hal/clock.h"
#include "hal/thread.h"

#define STORE_BYTES 262144
#define WAIT_MS 5000

static uint64_t now_ms(void)
{
    return hal_clock_now_ns() / 1000000;
}

static void begin_with(struct device *device, struct mote_allocator allocator, bool is_safe)
{
    struct mote_app_options options = {.allocator = allocator, .is_safe = is_safe, .restart_ms = 10};
    hal_lock();
    enum mote_error error = mote_app_new(&options, &device->app);
    CHECK_EQUAL(error, device->app ? MOTE_ERROR_NONE : MOTE_ERROR_NO_MEMORY);
}

static void begin(struct device *device, bool is_safe)
{
    begin_with(device, unit_allocator(&device->account), is_safe);
}

static void erase_flash(void)
{
    struct flash_file file = {NULL, STORE_BYTES, 4096, 4};
    REQUIRE(flash_file_open(HAL_FLASH_STORE, &file));
}

void device_begin_again(struct device *device)
{
    *device = (struct device){.app = NULL};
    begin(device, false);
    REQUIRE(device->app != NULL);
}

void device_begin_safe(struct device *device)
{
    *device = (struct device){.app = NULL};
    begin(device, true);
    REQUIRE(device->app != NULL);
}

void device_begin(struct device *device)
{
    erase_flash();
    device_begin_again(device);
}

void device_begin_failing(struct device *device, uint64_t fail_only, uint64_t fail_after)
{
    erase_flash();
    *device = (struct device){.account = {.fail_only = fail_only, .fail_after = fail_after}};
    begin(device, false);
}

void device_begin_small(struct device *device, size_t bytes)
{
    erase_flash();
    *device = (struct device){.pool = malloc(bytes)};
    REQUIRE(device->pool != NULL);
    begin_with(device, mote_pool_allocator(device->pool, bytes), false);
    REQUIRE(device->app != NULL);
}

void device_end(struct device *device)
{
    mote_app_free(device->app);
    hal_unlock();
    free(device->pool);
    CHECK_EQUAL(device->account.bytes, 0);
    CHECK_EQUAL(device->account.blocks, 0);
}

void device_pass_ms(struct device *device, uint32_t ms)
{
    uint64_t end = now_ms() + ms;
    do {
        mote_app_step(device->app);
        hal_clock_sleep_ns(500000);
    } while (now_ms() < end);
}

void device_take(struct device *device, const char *module, void (*write)(struct mote_cbor_writer *writer))
{
    const struct unit_module *found = unit_find_module(module);
    uint8_t map[256];
    REQUIRE(found->size + sizeof map + 32 < sizeof device->bytes);
    memcpy(device->bytes, found->bytes, found->size);
    device->size = (uint32_t)found->size;
    if (!write) {
        return;
    }
    struct mote_cbor_writer writer = mote_cbor_writer_over(map, sizeof map);
    mote_cbor_begin_map(&writer);
    write(&writer);
    mote_cbor_end(&writer);
    REQUIRE(!writer.is_full);
    uint32_t map_size = (uint32_t)(writer.at - writer.start), section = map_size + 14;
    const uint8_t head[] = {0, (uint8_t)(section | 0x80), (uint8_t)(section >> 7), 13};
    uint8_t *to = device->bytes + device->size;
    memcpy(to, head, sizeof head);
    memcpy(to + 4, "mote.manifest", 13);
    memcpy(to + 17, map, map_size);
    device->size += 17 + map_size;
}

enum mote_error device_send(struct device *device, const char *name)
{
    struct mote_app_upload upload = {.to_ram = name == NULL, .size_bytes = device->size};
    struct mote_app_upload_state state;
    struct mote_sha256 sha;
    uint32_t at;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, device->bytes, device->size);
    mote_sha256_end(&sha, upload.sha256);
    strncpy(upload.name, name ? name : "", sizeof upload.name - 1);
    enum mote_error error = mote_app_upload_begin(device->app, &upload, &at, &device->diag);
    while (error == MOTE_ERROR_NONE && at < device->size) {
        uint32_t piece = device->size - at < 100 ? device->size - at : 100;
        error = mote_app_upload_data(device->app, at, device->bytes + at, piece, &at, &device->diag);
    }
    uint64_t end = now_ms() + WAIT_MS;
    do {
        mote_app_step(device->app);
        mote_app_upload_state(device->app, &state);
    } while (state.phase == MOTE_UPLOAD_PREPARING && now_ms() < end);
    if (error == MOTE_ERROR_NONE) {
        device->diag = state.diag;
        CHECK(state.phase == MOTE_UPLOAD_DONE || state.phase == MOTE_UPLOAD_FAILED);
    }
    return error ? error : state.diag.error;
}

void device_spoil(struct device *device, const char *name, enum mote_store_kind kind)
{
    const struct hal_flash *flash = hal_flash_region(HAL_FLASH_STORE);
    struct mote_store_record record;
    REQUIRE(mprotect((void *)(uintptr_t)flash->data, flash->size, PROT_READ | PROT_WRITE) == 0);
    REQUIRE(mote_store_find(device->app->store, kind, name, 0, &record));
    *(uint8_t *)(uintptr_t)(record.data + record.size / 2) ^= 0x10;
}

/* The build's number is the first word of it in a block's end: flash can still lose a bit of it. */
void device_forget_build(void)
{
    const struct hal_flash *flash = hal_flash_region(HAL_FLASH_STORE);
    uint64_t build = mote_build_id();
    REQUIRE(mprotect((void *)(uintptr_t)flash->data, flash->size, PROT_READ | PROT_WRITE) == 0);
    for (uint32_t at = 0; at + 8 <= flash->size; at += 4) {
        if (memcmp(flash->data + at, &build, sizeof build) == 0) {
            *(uint8_t *)(uintptr_t)(flash->data + at) ^= 1;
        }
    }
}

uint32_t device_start(struct device *device, const char *name, bool is_attached)
{
    struct mote_app_start start = {.name = name, .is_attached = is_attached};
    uint32_t id = 0;
    enum mote_error error = mote_app_start(device->app, &start, &id, &device->diag);
    CHECK_TEXT(error ? device->diag.message : "", "");
    REQUIRE(id != 0);
    return id;
}

struct mote_app_run device_wait(struct device *device, uint32_t id)
{
    struct mote_app_run run = {.state = MOTE_RUN_NONE};
    uint64_t end = now_ms() + WAIT_MS;
    do {
        device_pass_ms(device, 0);
        REQUIRE(mote_app_find_run(device->app, id, &run));
    } while (run.state == MOTE_RUN_RUNNING && now_ms() < end);
    return run;
}

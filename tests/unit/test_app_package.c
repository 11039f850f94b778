/* Packages: installed into flash, run from there, replaced, rolled back, removed; what is prepared of them. */
#include "device.h"
#include "hal/thread.h"

static struct mote_app_package package_at(struct device *device, uint32_t i)
{
    struct mote_app_package package = {.size_bytes = 0};
    REQUIRE(mote_app_package(device->app, i, &package));
    return package;
}

static void install(struct device *device, const char *module, const char *name, void (*write)(struct mote_cbor_writer *writer))
{
    device_take(device, module, write);
    enum mote_error error = device_send(device, name);
    CHECK_TEXT(error ? device->diag.message : "", "");
    REQUIRE(error == MOTE_ERROR_NONE);
}

static void write_version(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "version");
    mote_cbor_put_text(writer, "1.2");
    mote_cbor_put_text(writer, "args");
    mote_cbor_begin_list(writer);
    mote_cbor_put_text(writer, "a");
    mote_cbor_put_text(writer, "bc");
    mote_cbor_end(writer);
}

UNIT_TEST(test_app_package_is_installed_and_runs)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_exit", "leaver", write_version);
    struct mote_app_package package = package_at(&device, 0);
    CHECK_TEXT(package.name, "leaver");
    CHECK_TEXT(package.version, "1.2");
    CHECK_TEXT(package.engine, "interpreter");
    CHECK_EQUAL(package.size_bytes, device.size);
    CHECK(!package.is_autostarted && !package.is_disabled && !package.has_previous);
    CHECK(!mote_app_package(device.app, 1, &package));
    CHECK_EQUAL(device_wait(&device, device_start(&device, "leaver", false)).exit_code, 3);
    device_end(&device);
}

UNIT_TEST(test_app_package_is_there_after_a_reset)
{
    struct device device;
    char text[16];
    device_begin(&device);
    install(&device, "app_echo", "echo", write_version);
    device_end(&device);
    device_begin_again(&device);
    CHECK_TEXT(package_at(&device, 0).engine, "interpreter");
    uint32_t id = device_start(&device, "echo", false), from = 0;
    CHECK_EQUAL(device_wait(&device, id).exit_code, 3);
    CHECK_EQUAL(mote_app_log(device.app, id, &from, text, sizeof text), 10);
    CHECK(memcmp(text, "echo\0a\0bc", 10) == 0);
    device_end(&device);
}

UNIT_TEST(test_app_package_update_and_rollback)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_exit", "thing", write_version);
    install(&device, "app_spin", "thing", NULL);
    struct mote_app_package package = package_at(&device, 0);
    CHECK(package.has_previous);
    CHECK_TEXT(package.version, "");
    CHECK_TEXT(package.previous_version, "1.2");
    uint32_t id = device_start(&device, "thing", false);
    CHECK_EQUAL(mote_app_rollback(device.app, "thing"), MOTE_ERROR_BUSY);
    CHECK_EQUAL(mote_app_remove(device.app, "thing"), MOTE_ERROR_BUSY);
    mote_app_stop(device.app, id);
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_STOPPED);
    CHECK_EQUAL(mote_app_rollback(device.app, "thing"), MOTE_ERROR_NONE);
    CHECK_TEXT(package_at(&device, 0).version, "1.2");
    CHECK_TEXT(package_at(&device, 0).engine, "interpreter");
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3);
    CHECK_EQUAL(mote_app_remove(device.app, "thing"), MOTE_ERROR_NONE);
    CHECK(!mote_app_package(device.app, 0, &package));
    CHECK_EQUAL(mote_app_remove(device.app, "thing"), MOTE_ERROR_NOT_FOUND);
    device_end(&device);
}

/* A run keeps what it runs from, though a newer version counts already. */
UNIT_TEST(test_app_package_runs_on_while_it_is_replaced)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "thing", NULL);
    uint32_t id = device_start(&device, "thing", false);
    for (unsigned i = 0; i < 40; i++) {
        install(&device, i % 2 ? "app_exit" : "app_echo", "thing", NULL);
    }
    struct mote_app_run run;
    REQUIRE(mote_app_find_run(device.app, id, &run));
    CHECK_EQUAL(run.state, MOTE_RUN_RUNNING);
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3);
    mote_app_stop(device.app, id);
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_STOPPED);
    device_end(&device);
}

UNIT_TEST(test_app_package_that_is_no_module_leaves_the_old_one)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_exit", "thing", NULL);
    device_take(&device, "app_trap", NULL);
    uint8_t *body = memmem(device.bytes, device.size, "\3\0\0\x0b", 4); /* unreachable, end */
    REQUIRE(body != NULL);
    body[2] = 0x1a; /* drop */
    CHECK_EQUAL(device_send(&device, "thing"), MOTE_ERROR_TYPE_MISMATCH);
    CHECK_EQUAL(device.diag.funcidx, 0);
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3);
    CHECK(!package_at(&device, 0).has_previous);
    device_end(&device);
}

UNIT_TEST(test_app_package_that_was_damaged_on_its_way_says_so)
{
    struct device device;
    struct mote_app_upload upload = {.name = "thing"};
    struct mote_app_upload_state state;
    uint32_t at;
    device_begin(&device);
    device_take(&device, "app_trap", NULL);
    upload.size_bytes = device.size;
    device.bytes[device.size - 2] ^= 0x40;
    REQUIRE(mote_app_upload_begin(device.app, &upload, &at, &device.diag) == MOTE_ERROR_NONE);
    mote_app_upload_data(device.app, 0, device.bytes, device.size, &at, &device.diag);
    device_pass_ms(&device, 1);
    mote_app_upload_state(device.app, &state);
    CHECK_EQUAL(state.phase, MOTE_UPLOAD_FAILED);
    CHECK_EQUAL(state.diag.error, MOTE_ERROR_HASH_MISMATCH);
    struct mote_app_package package;
    CHECK(!mote_app_package(device.app, 0, &package));
    device_end(&device);
}

UNIT_TEST(test_app_package_bad_names_and_manifests_are_refused)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_exit", NULL);
    CHECK_EQUAL(device_send(&device, "a/b"), MOTE_ERROR_BAD_NAME);
    CHECK_EQUAL(device_send(&device, ".hidden"), MOTE_ERROR_BAD_NAME);
    device_take(&device, "app_exit", write_version);
    device.bytes[device.size - 1] = 0x1f; /* where the map ends */
    CHECK_EQUAL(device_send(&device, "thing"), MOTE_ERROR_BAD_MANIFEST);
    device_end(&device);
}

/* A custom section of 1000 bytes. */
static void pad(struct device *device)
{
    static const uint8_t head[] = {0, 0x80 | (1000 & 0x7f), 1000 >> 7, 3, 'p', 'a', 'd'};
    memcpy(device->bytes + device->size, head, sizeof head);
    memset(device->bytes + device->size + sizeof head, 'x', 1000 - 4);
    device->size += 3 + 1000;
}

/* An upload that is broken off goes on where it was, also after a reset. */
UNIT_TEST(test_app_package_upload_goes_on)
{
    struct device device;
    struct mote_app_upload upload = {.name = "thing"};
    struct mote_app_upload_state state;
    struct mote_sha256 sha;
    uint32_t at;
    device_begin(&device);
    device_take(&device, "basics", NULL);
    pad(&device);
    upload.size_bytes = device.size;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, device.bytes, device.size);
    mote_sha256_end(&sha, upload.sha256);
    REQUIRE(mote_app_upload_begin(device.app, &upload, &at, &device.diag) == MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 0);
    CHECK_EQUAL(mote_app_upload_data(device.app, 0, device.bytes, 600, &at, &device.diag), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_app_upload_data(device.app, 601, device.bytes, 9, &at, &device.diag), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK_EQUAL(at, 600);
    CHECK_EQUAL(mote_app_upload_data(device.app, 500, device.bytes + 500, 101, &at, &device.diag), MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 601);
    CHECK_EQUAL(mote_app_upload_data(device.app, 0, device.bytes, 50, &at, &device.diag), MOTE_ERROR_NONE);
    CHECK_EQUAL(at, 601);
    CHECK_EQUAL(mote_app_upload_data(device.app, 601, device.bytes, device.size, &at, &device.diag), MOTE_ERROR_INVALID_ARGUMENT);
    device_end(&device);
    device_begin_again(&device);
    device_take(&device, "basics", NULL);
    pad(&device);
    REQUIRE(mote_app_upload_begin(device.app, &upload, &at, &device.diag) == MOTE_ERROR_NONE);
    CHECK(at >= 300 && at <= 601); /* what was written last is written again */
    REQUIRE(mote_app_upload_data(device.app, at, device.bytes + at, device.size - at, &at, &device.diag) == MOTE_ERROR_NONE);
    device_pass_ms(&device, 20);
    mote_app_upload_state(device.app, &state);
    CHECK_EQUAL(state.phase, MOTE_UPLOAD_DONE);
    CHECK_EQUAL(state.prepared, state.functions);
    CHECK(state.functions > 10);
    device_end(&device);
}

/* Whoever sent falls silent: the store is free again after a while, and what had come is still there. */
UNIT_TEST(test_app_package_upload_that_is_broken_off_is_given_up)
{
    struct device device;
    struct mote_app_upload upload = {.name = "thing", .size_bytes = 2000};
    struct mote_app_upload_state state;
    uint32_t at;
    device_begin(&device);
    install(&device, "app_exit", "other", NULL);
    REQUIRE(mote_app_upload_begin(device.app, &upload, &at, &device.diag) == MOTE_ERROR_NONE);
    REQUIRE(mote_app_upload_data(device.app, 0, device.bytes, 200, &at, &device.diag) == MOTE_ERROR_NONE);
    device_pass_ms(&device, 50);
    CHECK_EQUAL(mote_app_enable(device.app, "other", true), MOTE_ERROR_UPLOADING);
    CHECK_EQUAL(mote_app_remove(device.app, "other"), MOTE_ERROR_UPLOADING);
    REQUIRE(mote_app_upload_data(device.app, 200, device.bytes, 100, &at, &device.diag) == MOTE_ERROR_NONE);
    device_pass_ms(&device, 70);
    mote_app_upload_state(device.app, &state);
    CHECK_EQUAL(state.phase, MOTE_UPLOAD_RECEIVING);
    device_pass_ms(&device, 100);
    mote_app_upload_state(device.app, &state);
    CHECK_EQUAL(state.phase, MOTE_UPLOAD_NONE);
    CHECK_EQUAL(mote_app_enable(device.app, "other", true), MOTE_ERROR_NONE);
    REQUIRE(mote_app_upload_begin(device.app, &upload, &at, &device.diag) == MOTE_ERROR_NONE);
    CHECK(at > 0 && at <= 300);
    device_end(&device);
}

/* What another build has prepared is made again, in the rounds after the start. */
UNIT_TEST(test_app_package_prepared_by_another_build_is_prepared_again)
{
    struct device device;
    struct mote_app_package package;
    device_begin(&device);
    install(&device, "app_exit", "thing", NULL);
    device_end(&device);
    device_forget_build();
    device_begin_again(&device);
    REQUIRE(mote_app_package(device.app, 0, &package));
    CHECK_TEXT(package.engine, "");
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3); /* all the same */
    device_pass_ms(&device, 20);
    REQUIRE(mote_app_package(device.app, 0, &package));
    CHECK_TEXT(package.engine, "interpreter");
    device_end(&device);
}

UNIT_TEST(test_app_package_that_changed_in_flash_does_not_run)
{
    struct device device;
    struct mote_app_start start = {.name = "thing"};
    uint32_t id;
    device_begin(&device);
    install(&device, "app_exit", "thing", NULL);
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3);
    device_end(&device);
    device_begin_again(&device);
    device_spoil(&device, "thing", MOTE_STORE_PREPARED);
    CHECK_EQUAL(device_wait(&device, device_start(&device, "thing", false)).exit_code, 3); /* of the package itself */
    device_end(&device);
    device_begin_again(&device);
    device_spoil(&device, "thing", MOTE_STORE_PACKAGE);
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_HASH_MISMATCH);
    CHECK_TEXT(device.diag.message, "the bytes are not those that were sent: thing");
    device_end(&device);
}

/* RAM beyond linear memory and stacks of an installed module with twenty functions. */
UNIT_TEST(test_app_package_run_takes_little)
{
    struct device device;
    struct mote_app_run run;
    device_begin(&device);
    install(&device, "app_twenty", "twenty", NULL);
    uint32_t id = device_start(&device, "twenty", false);
    device_pass_ms(&device, 2);
    REQUIRE(mote_app_find_run(device.app, id, &run));
    CHECK_EQUAL(run.memory_bytes, 0);
    uint32_t machine_stack = CONFIG_APP_MACHINE_STACK_BYTES + (uint32_t)hal_thread_own_bytes();
    uint32_t beyond = run.other_bytes - CONFIG_APP_STACK_BYTES - machine_stack;
    CHECK(beyond < (sizeof(void *) == 8 ? 2048 : 1024));
    device_end(&device);
}

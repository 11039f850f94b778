/* What runs take of a device's memory, what they leave of it, and what stays when they have ended. On a pool, as on a board. */
#include "device.h"

#define ROOMY (4 * 1024 * 1024)
#define OUTPUT_BYTES 65536
#define PAGE_BYTES 65536
#define LEAST (CONFIG_APP_MACHINE_STACK_BYTES + CONFIG_APP_RESERVE_BYTES + PAGE_BYTES) /* for one run */

static void put_number(struct mote_cbor_writer *writer, const char *key, uint32_t number)
{
    mote_cbor_put_text(writer, key);
    mote_cbor_put_uint(writer, number);
}

static void write_output(struct mote_cbor_writer *writer)
{
    put_number(writer, "stack", 4096);
    put_number(writer, "output", OUTPUT_BYTES);
}

static void send(struct device *device, const char *module, void (*write)(struct mote_cbor_writer *writer))
{
    device_take(device, module, write);
    REQUIRE(device_send(device, NULL) == MOTE_ERROR_NONE);
}

static uint32_t used(struct device *device)
{
    return mote_app_memory(device->app).used_bytes;
}

static void flood(struct device *device)
{
    uint32_t id = device_start(device, NULL, false);
    device_pass_ms(device, 5);
    CHECK_EQUAL(mote_app_stop(device->app, id), MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(device, id).state, MOTE_RUN_STOPPED);
}

/* Of a run that has ended only what it printed stays. */
UNIT_TEST(test_app_memory_of_a_run_goes_with_it)
{
    struct device device;
    char text[8] = {0};
    uint32_t from = 0;
    device_begin_small(&device, ROOMY);
    send(&device, "app_hello", write_output);
    uint32_t before = used(&device);
    struct mote_app_run run = device_wait(&device, device_start(&device, NULL, false));
    CHECK_EQUAL(run.other_bytes, 6);
    CHECK(used(&device) - before <= 64);
    CHECK_EQUAL(mote_app_log(device.app, run.id, &from, text, sizeof text - 1), 6);
    CHECK_TEXT(text, "hello\n");
    device_end(&device);
}

/* Runs that have ended give their output away when there is no memory for another, the oldest first. */
UNIT_TEST(test_app_memory_of_old_output_is_given_to_new_runs)
{
    struct device device;
    char text[8];
    uint32_t from = 0;
    device_begin_small(&device, LEAST + 6 * OUTPUT_BYTES);
    send(&device, "app_flood", write_output);
    for (unsigned i = 0; i < 2 * MOTE_APP_RUNS; i++) {
        flood(&device);
    }
    CHECK_EQUAL(mote_app_log(device.app, mote_app_run_of(device.app, "module"), &from, text, sizeof text), sizeof text);
    send(&device, "app_exit", NULL);
    CHECK_EQUAL(device_wait(&device, device_start(&device, NULL, false)).exit_code, 3);
    device_end(&device);
}

/* A run that has little room prints nothing rather than take what is left for the device itself. */
UNIT_TEST(test_app_memory_is_left_free_by_output)
{
    struct device device;
    device_begin_small(&device, LEAST + OUTPUT_BYTES);
    send(&device, "app_flood", write_output);
    uint32_t id = device_start(&device, NULL, true);
    device_pass_ms(&device, 5);
    mote_app_input(device.app, id, "x", 1);
    struct mote_app_memory memory = mote_app_memory(device.app);
    CHECK(memory.total_bytes - memory.peak_bytes >= CONFIG_APP_RESERVE_BYTES);
    device_end(&device);
}

static void write_quota(struct mote_cbor_writer *writer)
{
    put_number(writer, "stack", 4096);
    put_number(writer, "memory", CONFIG_APP_MACHINE_STACK_BYTES + PAGE_BYTES + OUTPUT_BYTES);
}

static void write_quota_and_output(struct mote_cbor_writer *writer)
{
    write_quota(writer);
    put_number(writer, "output", OUTPUT_BYTES);
}

static void write_quota_and_machine_stack(struct mote_cbor_writer *writer)
{
    write_quota(writer);
    put_number(writer, "machine_stack", CONFIG_APP_MACHINE_STACK_BYTES + PAGE_BYTES + OUTPUT_BYTES);
}

/* A quota is for all that a run takes. */
UNIT_TEST(test_app_memory_quota_counts_stacks_and_output)
{
    struct device device;
    struct mote_app_start start = {.name = NULL};
    uint32_t id;
    device_begin_small(&device, ROOMY);
    send(&device, "app_exit", write_quota);
    CHECK_EQUAL(device_wait(&device, device_start(&device, NULL, false)).exit_code, 3);
    send(&device, "app_exit", write_quota_and_output);
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_NO_MEMORY);
    send(&device, "app_exit", write_quota_and_machine_stack);
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_NO_MEMORY);
    CHECK_TEXT(device.diag.message, "out of memory: for the machine's stack");
    device_end(&device);
}

/* A start that fails takes nobody's slot. */
UNIT_TEST(test_app_memory_failed_start_leaves_the_oldest_log)
{
    struct device device;
    struct mote_app_start start = {.name = NULL};
    struct mote_app_run run;
    char text[8];
    uint32_t id, from = 0, first = 0;
    device_begin_small(&device, ROOMY);
    send(&device, "app_hello", NULL);
    for (unsigned i = 0; i < MOTE_APP_RUNS; i++) {
        id = device_wait(&device, device_start(&device, NULL, false)).id;
        first = first ? first : id;
    }
    send(&device, "app_unlinked", NULL);
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_UNKNOWN_IMPORT);
    REQUIRE(mote_app_find_run(device.app, first, &run));
    CHECK_EQUAL(mote_app_log(device.app, first, &from, text, sizeof text), 6);
    device_end(&device);
}

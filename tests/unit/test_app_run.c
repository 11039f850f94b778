/* Runs of modules in RAM: how they end, how they are stopped, what they print, what they may take. */
#include "app/app_state.h"
#include "device.h"
#include "hal/clock.h"

static struct mote_app_run run_ram(struct device *device, const char *module)
{
    device_take(device, module, NULL);
    REQUIRE(device_send(device, NULL) == MOTE_ERROR_NONE);
    return device_wait(device, device_start(device, NULL, false));
}

UNIT_TEST(test_app_run_prints_and_exits)
{
    struct device device;
    char text[16] = {0};
    device_begin(&device);
    struct mote_app_run run = run_ram(&device, "app_hello");
    CHECK_EQUAL(run.state, MOTE_RUN_EXITED);
    CHECK_EQUAL(run.exit_code, 0);
    CHECK_TEXT(run.name, "module");
    uint32_t from = 0;
    CHECK_EQUAL(mote_app_log(device.app, run.id, &from, text, sizeof text - 1), 6);
    CHECK_TEXT(text, "hello\n");
    from = 6;
    CHECK_EQUAL(mote_app_log(device.app, run.id, &from, text, sizeof text - 1), 0);
    device_end(&device);
}

UNIT_TEST(test_app_run_gives_the_exit_code)
{
    struct device device;
    device_begin(&device);
    struct mote_app_run run = run_ram(&device, "app_exit");
    CHECK_EQUAL(run.state, MOTE_RUN_EXITED);
    CHECK_EQUAL(run.exit_code, 3);
    device_end(&device);
}

UNIT_TEST(test_app_run_trap_leaves_a_crash_record)
{
    struct device device;
    struct mote_app_crash crash;
    device_begin(&device);
    mote_app_crash_clear(device.app);
    CHECK(!mote_app_crash(device.app, &crash));
    struct mote_app_run run = run_ram(&device, "app_trap");
    CHECK_EQUAL(run.state, MOTE_RUN_TRAPPED);
    CHECK_EQUAL(run.trap, MOTE_TRAP_UNREACHABLE);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK_TEXT(crash.name, "module");
    CHECK_TEXT(crash.reason, "unreachable");
    CHECK_EQUAL(crash.frame_count, 2);
    CHECK_EQUAL(crash.frames[0].funcidx, 0);
    CHECK_EQUAL(crash.frames[1].funcidx, 1);
    CHECK(crash.frames[0].offset != MOTE_NO_INDEX);
    CHECK(!crash.was_before_reset);
    device_end(&device);
    device_begin_again(&device);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK(crash.was_before_reset);
    mote_app_crash_clear(device.app);
    CHECK(!mote_app_crash(device.app, &crash));
    device_end(&device);
}

UNIT_TEST(test_app_run_endless_recursion_traps)
{
    struct device device;
    device_begin(&device);
    CHECK_EQUAL(run_ram(&device, "app_recurse").trap, MOTE_TRAP_CALL_STACK_EXHAUSTED);
    device_end(&device);
}

static void stop_soon(struct device *device, uint32_t id)
{
    uint64_t start = hal_clock_now_ns();
    device_pass_ms(device, 5);
    CHECK_EQUAL(mote_app_stop(device->app, id), MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(device, id).state, MOTE_RUN_STOPPED);
    CHECK(hal_clock_now_ns() - start < 1000000000); /* 100 ms on a machine that has nothing else to do */
}

UNIT_TEST(test_app_run_endless_loop_stops)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_spin", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    stop_soon(&device, device_start(&device, NULL, false));
    CHECK_EQUAL(mote_app_stop(device.app, 77), MOTE_ERROR_NOT_FOUND);
    device_end(&device);
}

static struct mote_app_slot *slot_of(struct device *device, uint32_t id)
{
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        if (device->app->slots[i].id == id) {
            return &device->app->slots[i];
        }
    }
    return NULL;
}

/* Code that does not look whether it is to stop is ended all the same, after 100 ms. */
UNIT_TEST(test_app_run_that_does_not_listen_is_ended)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_spin", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false);
    struct mote_app_slot *slot = slot_of(&device, id);
    slot->is_stopping = true; /* as mote_app_stop does it, but for the interrupt */
    slot->live->why = MOTE_TRAP_INTERRUPTED;
    slot->live->stop_ms = mote_app_now_ms();
    struct mote_app_run run = device_wait(&device, id);
    CHECK_EQUAL(run.state, MOTE_RUN_STOPPED);
    CHECK(run.up_ms >= 95 && run.up_ms < 5000);
    device_end(&device);
}

static void write_time(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "time");
    mote_cbor_put_uint(writer, 60);
}

/* Endless code, in loops and in start functions, traps when its time is over; what ends before is left alone. */
UNIT_TEST(test_app_run_traps_when_its_time_is_over)
{
    static const char *const endless[] = {"app_spin", "app_begin"};
    struct device device;
    struct mote_app_crash crash;
    device_begin(&device);
    for (unsigned i = 0; i < 2; i++) {
        device_take(&device, endless[i], write_time);
        REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
        struct mote_app_run run = device_wait(&device, device_start(&device, NULL, false));
        CHECK_EQUAL(run.state, MOTE_RUN_TRAPPED);
        CHECK_EQUAL(run.trap, MOTE_TRAP_DEADLINE);
        CHECK(run.up_ms >= 55 && run.up_ms < 1000);
        REQUIRE(mote_app_crash(device.app, &crash));
        CHECK_TEXT(crash.reason, "deadline exceeded");
        CHECK(crash.frame_count > 0);
    }
    device_take(&device, "app_exit", write_time);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(&device, device_start(&device, NULL, false)).state, MOTE_RUN_EXITED);
    device_end(&device);
}

/* Whoever asked for a stop gets one, also when the run has just trapped. */
UNIT_TEST(test_app_run_stopped_when_its_time_is_over)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_spin", write_time);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false);
    for (unsigned i = 0; i < 1000 && slot_of(&device, id)->live->why == MOTE_TRAP_NONE; i++) {
        mote_app_step(device.app);
        hal_clock_sleep_ns(1000000);
    }
    CHECK_EQUAL(slot_of(&device, id)->live->why, MOTE_TRAP_DEADLINE);
    hal_clock_sleep_ns(20000000);
    CHECK_EQUAL(mote_app_stop(device.app, id), MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_STOPPED);
    device_end(&device);
}

/* A stop before that is a stop, and one that does not listen is ended by force. */
UNIT_TEST(test_app_run_time_is_over_for_those_that_do_not_listen)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_spin", write_time);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    stop_soon(&device, device_start(&device, NULL, false));
    uint32_t id = device_start(&device, NULL, false);
    struct mote_app_slot *slot = slot_of(&device, id);
    slot->live->why = MOTE_TRAP_DEADLINE; /* as when its time is over, but for the interrupt */
    slot->live->stop_ms = mote_app_now_ms();
    struct mote_app_run run = device_wait(&device, id);
    CHECK_EQUAL(run.state, MOTE_RUN_TRAPPED);
    CHECK_EQUAL(run.trap, MOTE_TRAP_DEADLINE);
    CHECK(run.up_ms >= 95 && run.up_ms < 5000);
    device_end(&device);
}

UNIT_TEST(test_app_run_endless_start_function_stops)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_begin", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false);
    CHECK_EQUAL(mote_app_stop(device.app, id), MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_STOPPED);
    device_end(&device);
}

UNIT_TEST(test_app_run_flood_keeps_the_last_and_stops)
{
    struct device device;
    char text[17] = {0};
    device_begin(&device);
    device_take(&device, "app_flood", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false), from = 0;
    device_pass_ms(&device, 20);
    CHECK_EQUAL(mote_app_log(device.app, id, &from, text, 16), 16);
    CHECK(from > 0);
    CHECK_EQUAL(strspn(text, "0123456789abcde\n"), 16);
    stop_soon(&device, id);
    device_end(&device);
}

/* Nothing of an attached run is lost, and what nobody reads makes it wait. */
UNIT_TEST(test_app_run_attached_flood_waits_for_its_reader)
{
    struct device device;
    char text[64];
    uint32_t got = 0;
    device_begin(&device);
    device_take(&device, "app_flood", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, true);
    device_pass_ms(&device, 20);
    for (uint32_t count = 1; count > 0; got += count) {
        count = mote_app_output(device.app, id, 2, text, 16);
        CHECK(count == 0 || memcmp(text, "0123456789abcde\n", 16) == 0);
    }
    CHECK(got >= CONFIG_APP_OUTPUT_BYTES - 16 && got <= CONFIG_APP_OUTPUT_BYTES);
    CHECK_EQUAL(mote_app_output(device.app, id, 1, text, 16), 16);
    stop_soon(&device, id);
    device_end(&device);
}

UNIT_TEST(test_app_run_echoes_its_input_and_arguments)
{
    struct device device;
    struct mote_app_start start = {.args = "one\0two three", .arg_count = 2, .is_attached = true};
    char text[64] = {0};
    uint32_t id, size = 0;
    device_begin(&device);
    device_take(&device, "app_echo", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    REQUIRE(mote_app_start(device.app, &start, &id, &device.diag) == MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_app_input(device.app, id, "input", 5), 5);
    mote_app_input_end(device.app, id);
    CHECK_EQUAL(device_wait(&device, id).exit_code, 3);
    size = mote_app_output(device.app, id, 1, text, sizeof text);
    CHECK_EQUAL(size, 26);
    CHECK(memcmp(text, "module\0one\0two three\0input", 26) == 0);
    device_end(&device);
}

static void write_quota(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "memory");
    mote_cbor_put_uint(writer, 1000000);
}

UNIT_TEST(test_app_run_hog_gets_no_more_than_its_quota)
{
    struct device device;
    struct mote_app_run run;
    device_begin(&device);
    device_take(&device, "app_hog", write_quota);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false);
    device_pass_ms(&device, 20);
    REQUIRE(mote_app_find_run(device.app, id, &run));
    CHECK_EQUAL(run.state, MOTE_RUN_RUNNING);
    CHECK(run.memory_bytes >= 65536 && run.memory_bytes + run.other_bytes <= 1000000);
    stop_soon(&device, id);
    device_end(&device);
}

static void check_refused(struct device *device, const char *module, const char *message)
{
    struct mote_app_start start = {.name = NULL};
    uint32_t id;
    device_take(device, module, NULL);
    REQUIRE(device_send(device, NULL) == MOTE_ERROR_NONE);
    size_t bytes = device->account.bytes;
    CHECK(mote_app_start(device->app, &start, &id, &device->diag) != MOTE_ERROR_NONE);
    CHECK_TEXT(device->diag.message, message);
    CHECK_EQUAL(id, 0);
    CHECK_EQUAL(device->account.bytes, bytes);
}

UNIT_TEST(test_app_run_refuses_what_is_no_program)
{
    struct device device;
    device_begin(&device);
    check_refused(&device, "app_library", "not found: the module exports no _start: it is a library, not a program");
    check_refused(&device, "app_unlinked", "unknown import: env.nothing");
    struct mote_app_start start = {.name = "absent"};
    uint32_t id;
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_NOT_FOUND);
    CHECK_TEXT(device.diag.message, "not found: absent");
    device_end(&device);
}

UNIT_TEST(test_app_run_slots_are_counted_and_used_again)
{
    struct device device;
    struct mote_app_start start = {.name = NULL};
    uint32_t id, ids[MOTE_APP_RUNS];
    device_begin(&device);
    device_take(&device, "app_spin", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        ids[i] = device_start(&device, NULL, false);
    }
    CHECK_EQUAL(mote_app_start(device.app, &start, &id, &device.diag), MOTE_ERROR_TOO_MANY);
    CHECK_EQUAL(mote_app_run_of(device.app, "module"), ids[MOTE_APP_RUNS - 1]);
    stop_soon(&device, ids[1]);
    CHECK(device_start(&device, NULL, false) > ids[MOTE_APP_RUNS - 1]);
    struct mote_app_run run;
    CHECK(!mote_app_find_run(device.app, ids[1], &run));
    device_end(&device);
}

/* The module that a run came from stays until the run has ended, whatever is sent meanwhile. */
UNIT_TEST(test_app_run_keeps_its_module_while_another_is_sent)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_spin", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    uint32_t id = device_start(&device, NULL, false);
    CHECK_EQUAL(run_ram(&device, "app_exit").exit_code, 3);
    stop_soon(&device, id);
    device_end(&device);
}

UNIT_TEST(test_app_run_start_and_stop_do_not_grow)
{
    struct device device;
    device_begin(&device);
    device_take(&device, "app_exit", NULL);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    for (unsigned i = 0; i < MOTE_APP_RUNS; i++) {
        device_wait(&device, device_start(&device, NULL, false));
    }
    size_t bytes = device.account.bytes;
    for (unsigned i = unit_cycles(1000, 10000); i > 0; i--) {
        CHECK_EQUAL(device_wait(&device, device_start(&device, NULL, false)).exit_code, 3);
    }
    CHECK_EQUAL(device.account.bytes, bytes);
    device_end(&device);
}

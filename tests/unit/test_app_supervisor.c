/* The supervisor: what starts by itself, what is started again, what is given up. Pauses are a hundredth of what a device makes. */
#include "device.h"

static void put_policy(struct mote_cbor_writer *writer, bool is_autostarted, const char *restart)
{
    mote_cbor_put_text(writer, "autostart");
    mote_cbor_put_bool(writer, is_autostarted);
    mote_cbor_put_text(writer, "restart");
    mote_cbor_put_text(writer, restart);
}

static void write_auto(struct mote_cbor_writer *writer)
{
    put_policy(writer, true, "never");
}

static void write_auto_on_failure(struct mote_cbor_writer *writer)
{
    put_policy(writer, true, "on-failure");
}

static void write_always(struct mote_cbor_writer *writer)
{
    put_policy(writer, false, "always");
}

static void install(struct device *device, const char *module, const char *name, void (*write)(struct mote_cbor_writer *writer))
{
    device_take(device, module, write);
    REQUIRE(device_send(device, name) == MOTE_ERROR_NONE);
}

static struct mote_app_package package_of(struct device *device)
{
    struct mote_app_package package = {.size_bytes = 0};
    REQUIRE(mote_app_package(device->app, 0, &package));
    return package;
}

static struct mote_app_run run_of(struct device *device, const char *name)
{
    struct mote_app_run run = {.state = MOTE_RUN_NONE};
    mote_app_find_run(device->app, mote_app_run_of(device->app, name), &run);
    return run;
}

UNIT_TEST(test_app_supervisor_starts_by_itself_after_a_reset)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "spin", write_auto);
    install(&device, "app_exit", "leaver", write_auto);
    install(&device, "app_exit", "other", NULL);
    CHECK(package_of(&device).is_autostarted);
    CHECK_EQUAL(mote_app_run_of(device.app, "spin"), 0);
    device_end(&device);
    device_begin_again(&device);
    device_pass_ms(&device, 50);
    CHECK_EQUAL(run_of(&device, "spin").state, MOTE_RUN_RUNNING);
    CHECK_EQUAL(run_of(&device, "leaver").state, MOTE_RUN_EXITED);
    CHECK_EQUAL(mote_app_run_of(device.app, "other"), 0);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_keeps_to_what_it_is_told)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "spin", write_auto);
    install(&device, "app_spin", "more", NULL);
    CHECK_EQUAL(mote_app_enable(device.app, "spin", false), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_app_enable(device.app, "more", true), MOTE_ERROR_NONE);
    CHECK_EQUAL(mote_app_enable(device.app, "absent", true), MOTE_ERROR_NOT_FOUND);
    device_end(&device);
    device_begin_again(&device);
    device_pass_ms(&device, 50);
    CHECK_EQUAL(mote_app_run_of(device.app, "spin"), 0);
    CHECK_EQUAL(run_of(&device, "more").state, MOTE_RUN_RUNNING);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_gives_up_after_five_failures)
{
    struct device device;
    struct mote_app_crash crash;
    device_begin(&device);
    install(&device, "app_trap", "bad", write_auto_on_failure);
    device_end(&device);
    device_begin_again(&device);
    for (unsigned i = 0; i < 100 && !package_of(&device).is_disabled; i++) {
        device_pass_ms(&device, 5);
    }
    CHECK(package_of(&device).is_disabled);
    CHECK(!package_of(&device).is_autostarted);
    CHECK_EQUAL(run_of(&device, "bad").state, MOTE_RUN_TRAPPED);
    CHECK_EQUAL(run_of(&device, "bad").restarts, 4);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK_TEXT(crash.name, "bad");
    device_end(&device);
    device_begin_again(&device);
    device_pass_ms(&device, 30);
    CHECK_EQUAL(mote_app_run_of(device.app, "bad"), 0);
    CHECK_EQUAL(mote_app_enable(device.app, "bad", true), MOTE_ERROR_NONE);
    CHECK(package_of(&device).is_autostarted && !package_of(&device).is_disabled);
    device_end(&device);
}

static void write_time_on_failure(struct mote_cbor_writer *writer)
{
    write_auto_on_failure(writer);
    mote_cbor_put_text(writer, "time");
    mote_cbor_put_uint(writer, 20);
}

/* Taking too long is a failure like any other. */
UNIT_TEST(test_app_supervisor_starts_again_what_took_too_long)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "slow", write_time_on_failure);
    device_end(&device);
    device_begin_again(&device);
    for (unsigned i = 0; i < 200 && !package_of(&device).is_disabled; i++) {
        device_pass_ms(&device, 5);
    }
    CHECK(package_of(&device).is_disabled);
    CHECK_EQUAL(run_of(&device, "slow").trap, MOTE_TRAP_DEADLINE);
    CHECK_EQUAL(run_of(&device, "slow").restarts, 4);
    device_end(&device);
}

/* Another version gets another chance. */
UNIT_TEST(test_app_supervisor_forgives_a_new_version)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_trap", "bad", write_auto_on_failure);
    device_start(&device, "bad", false);
    for (unsigned i = 0; i < 100 && !package_of(&device).is_disabled; i++) {
        device_pass_ms(&device, 5);
    }
    CHECK(package_of(&device).is_disabled);
    install(&device, "app_exit", "bad", write_auto);
    CHECK(package_of(&device).is_autostarted && !package_of(&device).is_disabled);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_starts_again_until_it_is_stopped)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_hello", "greeter", write_always);
    uint32_t id = device_start(&device, "greeter", false);
    device_pass_ms(&device, 60);
    struct mote_app_run run = run_of(&device, "greeter");
    CHECK_EQUAL(run.id, id);
    CHECK(run.restarts >= 1);
    CHECK_EQUAL(mote_app_stop(device.app, id), MOTE_ERROR_NONE);
    device_wait(&device, id);
    uint32_t restarts = run_of(&device, "greeter").restarts;
    device_pass_ms(&device, 100);
    CHECK_EQUAL(run_of(&device, "greeter").restarts, restarts);
    char text[64];
    uint32_t from = 0;
    CHECK_EQUAL(mote_app_log(device.app, id, &from, text, sizeof text) % 6, 0); /* what it printed in all its lives */
    CHECK(restarts >= 1);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_leaves_attached_runs_alone)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_trap", "bad", write_auto_on_failure);
    uint32_t id = device_start(&device, "bad", true);
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_TRAPPED);
    device_pass_ms(&device, 30);
    CHECK_EQUAL(run_of(&device, "bad").restarts, 0);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_starts_nothing_when_it_is_to_be_safe)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "spin", write_auto);
    device_end(&device);
    device_begin_safe(&device);
    device_pass_ms(&device, 30);
    CHECK_EQUAL(mote_app_run_of(device.app, "spin"), 0);
    CHECK(mote_app_is_safe(device.app));
    device_start(&device, "spin", false);
    device_end(&device);
}

static void wait_until(struct device *device, const char *name, enum mote_app_state state)
{
    for (unsigned i = 0; i < 1000 && run_of(device, name).state != state; i++) {
        device_pass_ms(device, 1);
    }
    CHECK_EQUAL(run_of(device, name).state, state);
}

UNIT_TEST(test_app_supervisor_removed_package_does_not_start_again)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_trap", "bad", write_always);
    device_start(&device, "bad", false);
    wait_until(&device, "bad", MOTE_RUN_WAITING);
    CHECK_EQUAL(mote_app_remove(device.app, "bad"), MOTE_ERROR_NONE);
    CHECK_EQUAL(run_of(&device, "bad").state, MOTE_RUN_STOPPED);
    device_pass_ms(&device, 30);
    CHECK_EQUAL(run_of(&device, "bad").state, MOTE_RUN_STOPPED);
    device_end(&device);
}

UNIT_TEST(test_app_supervisor_says_why_a_package_did_not_start)
{
    struct device device;
    struct mote_app_crash crash;
    char text[64] = {0};
    uint32_t from = 0;
    device_begin(&device);
    install(&device, "app_unlinked", "lonely", write_auto);
    device_end(&device);
    device_begin_again(&device);
    wait_until(&device, "lonely", MOTE_RUN_FAULTED);
    mote_app_log(device.app, mote_app_run_of(device.app, "lonely"), &from, text, sizeof text - 1);
    CHECK_TEXT(text, "unknown import: env.nothing\n");
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK_TEXT(crash.name, "lonely");
    CHECK_EQUAL(crash.state, MOTE_RUN_FAULTED);
    CHECK_TEXT(crash.reason, "unknown import: env.nothing");
    device_end(&device);
}

static void write_auto_with_little(struct mote_cbor_writer *writer)
{
    write_auto(writer);
    mote_cbor_put_text(writer, "memory");
    mote_cbor_put_uint(writer, 10);
}

/* What lacks memory is tried again, later each time. */
UNIT_TEST(test_app_supervisor_puts_off_what_lacks_memory)
{
    struct device device;
    struct mote_app_crash crash;
    device_begin(&device);
    install(&device, "app_spin", "large", write_auto_with_little);
    device_end(&device);
    device_begin_again(&device);
    device_pass_ms(&device, 100);
    CHECK_EQUAL(run_of(&device, "large").state, MOTE_RUN_WAITING);
    CHECK_EQUAL(run_of(&device, "large").restarts, 0);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK(strncmp(crash.reason, "out of memory", 13) == 0);
    uint32_t number = crash.number;
    device_pass_ms(&device, 100);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK_EQUAL(crash.number, number);
    install(&device, "app_spin", "large", write_auto);
    wait_until(&device, "large", MOTE_RUN_RUNNING);
    device_end(&device);
}

/* More packages than slots: one waits for a slot. */
UNIT_TEST(test_app_supervisor_starts_the_last_when_a_slot_is_free)
{
    struct device device;
    struct mote_app_crash crash;
    char name[] = "spin-a";
    device_begin(&device);
    for (unsigned i = 0; i <= MOTE_APP_RUNS; i++, name[5]++) {
        install(&device, "app_spin", name, write_auto);
    }
    device_end(&device);
    device_begin_again(&device);
    device_pass_ms(&device, 100);
    name[5]--;
    CHECK_EQUAL(mote_app_run_of(device.app, name), 0);
    REQUIRE(mote_app_crash(device.app, &crash));
    CHECK_TEXT(crash.name, name);
    CHECK_TEXT(crash.reason, "all runs are in use");
    CHECK_EQUAL(mote_app_stop(device.app, mote_app_run_of(device.app, "spin-a")), MOTE_ERROR_NONE);
    wait_until(&device, name, MOTE_RUN_RUNNING);
    device_end(&device);
}

/* Preparing again what was interrupted or came back does not start anything. */
UNIT_TEST(test_app_supervisor_rollback_starts_nothing)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "auto", write_auto);
    install(&device, "app_exit", "other", NULL);
    install(&device, "app_hello", "other", NULL);
    device_pass_ms(&device, 10);
    CHECK_EQUAL(mote_app_rollback(device.app, "other"), MOTE_ERROR_NONE);
    device_pass_ms(&device, 30);
    CHECK_EQUAL(mote_app_run_of(device.app, "auto"), 0);
    device_end(&device);
}

static void write_always_as_app(struct mote_cbor_writer *writer)
{
    write_always(writer);
    mote_cbor_put_text(writer, "name");
    mote_cbor_put_text(writer, "app");
}

/* The module in RAM is not started again: the package of its name is another. */
UNIT_TEST(test_app_supervisor_leaves_modules_in_ram_alone)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_spin", "app", NULL);
    device_take(&device, "app_trap", write_always_as_app);
    REQUIRE(device_send(&device, NULL) == MOTE_ERROR_NONE);
    CHECK_EQUAL(device_wait(&device, device_start(&device, NULL, false)).state, MOTE_RUN_TRAPPED);
    device_pass_ms(&device, 50);
    CHECK_EQUAL(run_of(&device, "app").state, MOTE_RUN_TRAPPED);
    device_end(&device);
}

/* Fills the store so that not even a note has room. */
static void fill(struct device *device)
{
    static const uint8_t head[] = {0, 0x80 | (24000 & 0x7f), 0x80 | (24000 >> 7 & 0x7f), 24000 >> 14, 3, 'p', 'a', 'd'};
    char name[] = "big-a";
    enum mote_error error;
    do {
        device_take(device, "app_exit", NULL);
        memcpy(device->bytes + device->size, head, sizeof head);
        memset(device->bytes + device->size + sizeof head, name[4], 24000 - 4);
        device->size += 4 + 24000;
        error = device_send(device, name);
        name[4]++;
    } while (error == MOTE_ERROR_NONE);
    CHECK_EQUAL(error, MOTE_ERROR_STORE_FULL);
    for (name[4] = 'A'; device_take(device, "app_exit", NULL), device_send(device, name) == MOTE_ERROR_NONE; name[4]++) {
    }
    for (bool is_on = true; mote_app_enable(device->app, "big-a", is_on) == MOTE_ERROR_NONE; is_on = !is_on) {
    }
    CHECK_EQUAL(mote_app_enable(device->app, "big-b", true), MOTE_ERROR_STORE_FULL);
}

/* It is given up all the same, and noted as soon as there is room. */
UNIT_TEST(test_app_supervisor_gives_up_with_a_full_store)
{
    struct device device;
    device_begin(&device);
    install(&device, "app_trap", "bad", write_auto_on_failure);
    fill(&device);
    device_start(&device, "bad", false);
    for (unsigned i = 0; i < 400 && !package_of(&device).is_disabled; i++) {
        device_pass_ms(&device, 5);
    }
    CHECK(package_of(&device).is_disabled);
    CHECK(!package_of(&device).is_autostarted);
    device_pass_ms(&device, 50);
    CHECK(package_of(&device).is_disabled);
    CHECK_EQUAL(mote_app_remove(device.app, "big-a"), MOTE_ERROR_NONE);
    device_pass_ms(&device, 700);
    device_end(&device);
    device_begin_again(&device);
    CHECK(package_of(&device).is_disabled);
    device_end(&device);
}

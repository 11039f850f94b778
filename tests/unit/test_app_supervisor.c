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

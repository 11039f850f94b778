/* Each allocation fails in turn, it alone and with all after it, while a device starts, takes modules into RAM and flash, runs them and starts again:
   an error or not, never a leak, and with memory again everything works. */
#include "device.h"

static bool send_and_run(struct device *device, const char *module, const char *name)
{
    struct mote_app_start start = {.name = name};
    uint32_t id;
    device_take(device, module, NULL);
    if (device_send(device, name) != MOTE_ERROR_NONE) {
        CHECK(device->diag.message[0] != '\0');
        return false;
    }
    if (mote_app_start(device->app, &start, &id, &device->diag) != MOTE_ERROR_NONE) {
        CHECK(device->diag.message[0] != '\0');
        return false;
    }
    struct mote_app_run run = device_wait(device, id);
    return run.state == MOTE_RUN_EXITED;
}

static bool live(struct device *device)
{
    if (!device->app) {
        return false;
    }
    bool is_good = send_and_run(device, "app_hello", NULL);
    is_good = send_and_run(device, "app_hello", "hello") && is_good;
    device_pass_ms(device, 0);
    return is_good;
}

/* A life with some requests for memory failing; then without. */
static uint64_t live_failing(uint64_t from, bool and_all_after)
{
    struct device device;
    device_begin_failing(&device, and_all_after ? 0 : from, and_all_after ? from : 0);
    bool is_good = live(&device);
    CHECK(is_good || from > 0);
    uint64_t requests = device.account.requests;
    device.account.fail_only = device.account.fail_after = 0;
    if (device.app && from > 0) {
        CHECK(live(&device));
    }
    device_end(&device);
    return requests;
}

UNIT_TEST(test_app_sweep_of_failing_allocations)
{
    uint64_t requests = live_failing(0, false);
    CHECK(requests > 30);
    for (uint64_t k = 1; k <= requests; k++) {
        live_failing(k, false);
        live_failing(k, true);
    }
}

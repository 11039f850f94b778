/* The driver's commands for instances: linking, calling, reading globals, all under a deadline. */
#include "spec_text.h"

#include "hal/clock.h"
#include "spec_driver.h"

static void expire(void *agent)
{
    mote_agent_interrupt(agent, MOTE_TRAP_DEADLINE);
}

static void start_alarm(struct spec_driver *driver)
{
    if (driver->timeout_ns) {
        hal_clock_alarm_start(driver->timeout_ns, expire, driver->agent);
    }
}

static void stop_alarm(struct spec_driver *driver)
{
    if (driver->timeout_ns) {
        hal_clock_alarm_stop();
        mote_agent_resume(driver->agent);
    }
}

void spec_do_instantiate(struct spec_driver *driver)
{
    uint64_t i, m;
    struct mote_diag diag;
    if (!spec_take_handle(driver, &i) || driver->instances[i] || !spec_take_handle(driver, &m) || !driver->modules[m]) {
        spec_answer("fail ", "need a free instance handle and a module");
        return;
    }
    start_alarm(driver);
    enum mote_error error = mote_instance_new(driver->modules[m], driver->agent, &driver->instances[i], &diag);
    stop_alarm(driver);
    spec_answer_result(driver, error, &diag);
}

/* The instance that the next word names; says so when there is none. */
struct mote_instance *spec_take_instance(struct spec_driver *driver, uint64_t *i)
{
    if (!spec_take_handle(driver, i) || !driver->instances[*i]) {
        spec_answer("fail ", "no such instance");
        return NULL;
    }
    return driver->instances[*i];
}

void spec_do_free(struct spec_driver *driver)
{
    uint64_t i;
    struct mote_instance *instance = spec_take_instance(driver, &i);
    if (instance) {
        mote_instance_free(instance);
        driver->instances[i] = NULL;
        spec_answer("ok", "");
    }
}

void spec_do_register(struct spec_driver *driver)
{
    uint64_t i;
    struct spec_name name;
    struct mote_instance *instance = spec_take_instance(driver, &i);
    if (instance && spec_take_name(&driver->rest, &name)) {
        spec_answer_result(driver, mote_instance_register(instance, name.text), NULL);
    } else if (instance) {
        spec_answer("fail ", "need a name");
    }
}


static uint32_t take_values(struct spec_driver *driver, struct mote_value *values)
{
    uint32_t count = 0;
    while (count < SPEC_VALUES && spec_take_value(&driver->rest, &values[count])) {
        count++;
    }
    return count;
}

static void call(struct spec_driver *driver, struct mote_func *func)
{
    static struct mote_value params[SPEC_VALUES], results[SPEC_VALUES];
    uint32_t param_count = take_values(driver, params);
    uint32_t result_count = mote_func_result_count(func);
    if (*driver->rest || result_count > SPEC_VALUES) {
        spec_answer("fail ", "a value that cannot be read, or too many");
        return;
    }
    start_alarm(driver);
    enum mote_error error = mote_call(driver->agent, func, params, param_count, results, result_count);
    stop_alarm(driver);
    if (error) {
        spec_answer_result(driver, error, NULL);
        return;
    }
    spec_say("ok");
    for (uint32_t i = 0; i < result_count; i++) {
        spec_say(" ");
        spec_say_value(&results[i]);
    }
    spec_say_end();
}

static struct mote_func *find_func(struct mote_instance *instance, const struct spec_name *name)
{
    if (!memchr(name->text, 0, name->length)) {
        return mote_find_func(instance, name->text);
    }
    uint32_t length;
    const char *found;
    for (uint32_t i = 0; (found = mote_export_func_name(instance, i, &length)); i++) {
        if (length == name->length && memcmp(found, name->text, length) == 0) {
            return mote_export_func(instance, i);
        }
    }
    return NULL;
}

void spec_do_call(struct spec_driver *driver)
{
    uint64_t i;
    struct spec_name name;
    struct mote_instance *instance = spec_take_instance(driver, &i);
    if (!instance) {
        return;
    }
    struct mote_func *func = spec_take_name(&driver->rest, &name) ? find_func(instance, &name) : NULL;
    if (!func) {
        spec_answer("fail ", "no such function");
        return;
    }
    call(driver, func);
}

void spec_do_get(struct spec_driver *driver)
{
    uint64_t i;
    struct spec_name name;
    struct mote_value value;
    struct mote_instance *instance = spec_take_instance(driver, &i);
    if (!instance) {
        return;
    }
    enum mote_error error = MOTE_ERROR_NOT_FOUND;
    if (spec_take_name(&driver->rest, &name)) {
        error = mote_global_get(instance, name.text, &value);
    }
    if (error) {
        spec_answer_error(error, NULL);
        return;
    }
    spec_say("ok ");
    spec_say_value(&value);
    spec_say_end();
}

void spec_do_timeout(struct spec_driver *driver)
{
    uint64_t milliseconds;
    if (!spec_take_number(&driver->rest, &milliseconds)) {
        spec_answer("fail ", "need milliseconds");
        return;
    }
    driver->timeout_ns = milliseconds * 1000000;
    spec_answer("ok", "");
}

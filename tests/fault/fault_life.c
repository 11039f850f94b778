/* One life of a runtime, with every step tried again when memory was refused. */
#include "fault_driver.h"

#include <string.h>

#include "mote_wasi.h"

#define STACK_BYTES 32768
#define NAME_BYTES 128

/* True when a step is to be tried again: memory was refused for the first time. */
static bool wants_retry(struct fault_life *life, enum mote_error error, unsigned *tries)
{
    bool refused = error == MOTE_ERROR_NO_MEMORY;
    bool trapped = error == MOTE_ERROR_TRAPPED && life->agent && mote_agent_trap(life->agent) == MOTE_TRAP_OUT_OF_MEMORY;
    if (!(refused || trapped)) {
        return false;
    }
    life->refusals++;
    if ((*tries)++ == 0) {
        return true;
    }
    life->gave_up = true;
    return false;
}

static bool complain(const struct fault_file *file, const char *step, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", file ? file->path : "runtime", step, what);
    return false;
}

static bool begin(struct fault_life *life)
{
    struct mote_runtime_options options = {.allocator = fault_allocator(&life->account)};
    enum mote_error error;
    unsigned tries = 0;
    do {
        error = mote_runtime_new(&options, &life->runtime);
    } while (wants_retry(life, error, &tries));
    if (error) {
        return life->gave_up || complain(NULL, "mote_runtime_new", mote_error_text(error));
    }
    tries = 0;
    do {
        error = mote_agent_new(life->runtime, STACK_BYTES, &life->agent);
    } while (wants_retry(life, error, &tries));
    if (error) {
        return life->gave_up || complain(NULL, "mote_agent_new", mote_error_text(error));
    }
    static const char *const words[] = {"guest", "NAME=value"};
    struct mote_wasi_options wasi = {.args = words, .arg_count = 1, .environ = words + 1, .environ_count = 1};
    tries = 0;
    do {
        error = mote_wasi_new(life->runtime, &wasi, &life->wasi);
    } while (wants_retry(life, error, &tries));
    return !error || life->gave_up || complain(NULL, "mote_wasi_new", mote_error_text(error));
}

static struct mote_module *load(struct fault_life *life, const struct fault_file *file, bool *is_right)
{
    struct mote_module *module;
    struct mote_diag diag;
    enum mote_error error;
    unsigned tries = 0;
    do {
        error = mote_module_load(life->runtime, file->bytes, file->size, &module, &diag);
        if (error != diag.error) {
            *is_right = complain(file, "mote_module_load", "the error differs from the diag's");
        }
    } while (wants_retry(life, error, &tries));
    if (error && !life->gave_up) {
        *is_right = complain(file, "mote_module_load", diag.message);
    }
    return error ? NULL : module;
}

static struct mote_instance *instantiate(struct fault_life *life, const struct fault_file *file, struct mote_module *module,
                                         bool *is_right)
{
    struct mote_instance *instance;
    struct mote_diag diag;
    enum mote_error error;
    unsigned tries = 0;
    do {
        error = mote_instance_new(module, life->agent, &instance, &diag);
    } while (wants_retry(life, error, &tries));
    if (error && !life->gave_up && error != MOTE_ERROR_TRAPPED) {
        *is_right = complain(file, "mote_instance_new", diag.message);
    }
    return error ? NULL : instance;
}

static bool call(struct fault_life *life, const struct fault_file *file, struct mote_instance *instance, const char *name)
{
    struct mote_value results[8];
    struct mote_func *func = mote_find_func(instance, name);
    uint32_t count = func ? mote_func_result_count(func) : 0;
    if (!func || mote_func_param_count(func) || count > 8) {
        return true;
    }
    enum mote_error error;
    unsigned tries = 0;
    do {
        error = mote_call(life->agent, func, NULL, 0, results, count);
    } while (wants_retry(life, error, &tries));
    return !error || error == MOTE_ERROR_TRAPPED || life->gave_up || complain(file, name, mote_error_text(error));
}

static bool call_all(struct fault_life *life, const struct fault_file *file, struct mote_instance *instance)
{
    uint32_t length;
    const char *found;
    bool is_right = true;
    for (uint32_t i = 0; (found = mote_export_func_name(instance, i, &length)) && !life->gave_up; i++) {
        char name[NAME_BYTES] = "";
        memcpy(name, found, length < sizeof name ? length : 0);
        bool is_endless = strcmp(name, "spin") == 0;
        is_right = (is_endless || call(life, file, instance, name)) && is_right;
    }
    return is_right;
}

static bool offer(struct fault_life *life, const struct fault_file *file, struct mote_instance *instance)
{
    enum mote_error error;
    unsigned tries = 0;
    do {
        error = mote_instance_register(instance, file->name);
    } while (wants_retry(life, error, &tries));
    return !error || life->gave_up || complain(file, "mote_instance_register", mote_error_text(error));
}

static bool live_with(struct fault_life *life, const struct fault_file *file)
{
    bool is_right = true;
    struct mote_module *module = load(life, file, &is_right);
    struct mote_instance *instance = module ? instantiate(life, file, module, &is_right) : NULL;
    mote_module_unload(module);
    if (!instance) {
        return is_right;
    }
    if (file->name[0]) {
        is_right = offer(life, file, instance) && is_right;
    }
    is_right = call_all(life, file, instance) && is_right;
    if (!file->name[0]) {
        mote_instance_free(instance);
    }
    return is_right;
}

bool fault_live(struct fault_life *life, const struct fault_file *files, int count)
{
    bool is_right = begin(life);
    for (int i = 0; i < count && is_right && !life->gave_up; i++) {
        is_right = live_with(life, &files[i]);
    }
    mote_wasi_free(life->wasi);
    mote_runtime_free(life->runtime);
    if (life->account.bytes) {
        fprintf(stderr, "%zu bytes were not given back\n", life->account.bytes);
        is_right = false;
    }
    return is_right;
}

/* The life of the module in flash. */
#include "embedded.h"

#include "base/config.h"
#include "boot.h"
#include "print.h"

bool embedded_is_there(void)
{
    return link_module_size > 0;
}

/* Says what failed and returns false. */
static bool fail(const char *what, const char *why)
{
    print("mote: ");
    print(what);
    print(": ");
    print(why);
    print("\n");
    return false;
}

static bool fail_in_module(const char *what, enum mote_error error, const struct mote_diag *diag)
{
    fail(what, diag->message[0] ? diag->message : mote_error_text(error));
    if (diag->offset != MOTE_NO_INDEX) {
        print("  at byte ");
        print_hex(diag->offset);
        print(" of the module\n");
    }
    return false;
}

bool embedded_start(struct embedded *embedded, bool is_trusted)
{
    struct mote_runtime_options options = {
        .allocator = mote_pool_allocator(link_pool_start, (size_t)(link_pool_end - link_pool_start)),
        .allow_unchecked = is_trusted,
    };
    enum mote_error error = mote_runtime_new(&options, &embedded->runtime);
    return error == MOTE_ERROR_NONE || fail("cannot start the runtime", mote_error_text(error));
}

bool embedded_load(struct embedded *embedded)
{
    struct mote_diag diag = {.offset = MOTE_NO_INDEX};
    enum mote_error error = mote_module_load(embedded->runtime, link_module_start, link_module_size, &embedded->module, &diag);
    return error == MOTE_ERROR_NONE || fail_in_module("cannot load the module", error, &diag);
}

static void print_trap(const struct mote_agent *agent)
{
    fail("trap", mote_trap_text(mote_agent_trap(agent)));
    struct mote_frame frame;
    for (uint32_t i = 0; mote_agent_frame(agent, i, &frame); i++) {
        print("  ");
        print_number(i);
        print(": function ");
        print_number(frame.funcidx);
        print(" ");
        print_bytes(frame.name ? frame.name : "", frame.name ? frame.name_length : 0);
        print(" at ");
        print_hex(frame.offset);
        print("\n");
    }
}

bool embedded_instantiate(struct embedded *embedded)
{
    struct mote_diag diag = {.offset = MOTE_NO_INDEX};
    enum mote_error error = mote_agent_new(embedded->runtime, CONFIG_AGENT_STACK_DEFAULT_BYTES, &embedded->agent);
    if (error != MOTE_ERROR_NONE) {
        return fail("cannot make the stack", mote_error_text(error));
    }
    error = mote_instance_new(embedded->module, embedded->agent, &embedded->instance, &diag);
    if (error == MOTE_ERROR_TRAPPED) {
        print_trap(embedded->agent);
        return false;
    }
    return error == MOTE_ERROR_NONE || fail_in_module("cannot instantiate the module", error, &diag);
}

enum mote_trap embedded_call(struct embedded *embedded, struct mote_func *func, const struct mote_value *params,
                             uint32_t param_count, struct mote_value *results, uint32_t result_count)
{
    enum mote_error error = mote_call(embedded->agent, func, params, param_count, results, result_count);
    if (error == MOTE_ERROR_NONE) {
        return MOTE_TRAP_NONE;
    }
    if (error != MOTE_ERROR_TRAPPED) {
        fail("cannot call the function", mote_error_text(error));
        return MOTE_TRAP_UNREACHABLE;
    }
    if (mote_agent_trap(embedded->agent) != MOTE_TRAP_EXIT) {
        print_trap(embedded->agent);
    }
    return mote_agent_trap(embedded->agent);
}

void embedded_end(struct embedded *embedded)
{
    mote_instance_free(embedded->instance);
    mote_agent_free(embedded->agent);
    mote_module_unload(embedded->module);
    mote_runtime_free(embedded->runtime);
}

/* Measures the module that the image holds: instructions for loading, instantiating and each call asked for on the console; RAM and
   the size of its code. */
#include <stddef.h>

#include "bench_command.h"
#include "boot.h"
#include "count.h"
#include "embedded.h"
#include "print.h"
#include "stack.h"

static void print_usage(const struct mote_runtime *runtime)
{
    struct mote_memory_usage usage = mote_runtime_usage(runtime);
    bench_print_bytes("RAM module", usage.module_bytes);
    bench_print_bytes("RAM code", usage.code_bytes);
    bench_print_bytes("RAM instance", usage.instance_bytes);
    bench_print_bytes("RAM memory", usage.memory_bytes);
    bench_print_bytes("RAM stack", usage.stack_bytes);
    bench_print_bytes("RAM other", usage.other_bytes);
    bench_print_bytes("RAM peak", usage.peak_bytes);
    bench_print_bytes("RAM machine stack", stack_used_bytes());
}

static void print_sizes(const struct mote_module *module)
{
    struct mote_module_sizes sizes = mote_module_sizes(module);
    print("engine: ");
    print(mote_module_engine(module));
    print("\n");
    bench_print_bytes("module", sizes.module_bytes);
    bench_print_bytes("bodies", sizes.body_bytes);
    bench_print_bytes("code", sizes.code_bytes);
}

static void print_value(const struct mote_value *value)
{
    if (value->type == MOTE_I32) {
        print_number(value->of.i32);
    } else {
        print_number(value->of.bits);
    }
}

/* Calls a function whose parameters and result (at most one) are integers. */
static void call(struct embedded *embedded, const struct bench_command *command)
{
    struct mote_value params[BENCH_NUMBERS_MAX], result = {.type = MOTE_I32};
    struct mote_func *func = mote_find_func(embedded->instance, command->name);
    if (!func || mote_func_param_count(func) != command->count || mote_func_result_count(func) > 1) {
        print("mote: no such function, other parameters, or more than one result\n");
        return;
    }
    for (uint32_t i = 0; i < command->count; i++) {
        params[i] = (struct mote_value){.type = mote_func_param_type(func, i), .of.bits = command->numbers[i]};
    }
    uint32_t result_count = mote_func_result_count(func);
    uint64_t start = count_now();
    enum mote_trap trap = embedded_call(embedded, func, params, command->count, &result, result_count);
    uint64_t end = count_now();
    if (trap == MOTE_TRAP_NONE) {
        bench_print_call(command);
        print_value(&result);
        bench_print_count(start, end);
    }
}

static bool prepare(struct embedded *embedded)
{
    uint64_t start = count_now();
    if (!embedded_start(embedded, true) || !embedded_load(embedded)) {
        return false;
    }
    uint64_t loaded = count_now();
    if (!embedded_instantiate(embedded)) {
        return false;
    }
    uint64_t instantiated = count_now();
    print_sizes(embedded->module);
    bench_print_instructions("load", start, loaded);
    bench_print_instructions("instantiate", loaded, instantiated);
    return true;
}

int main(void)
{
    struct embedded embedded = {0};
    struct bench_command command;
    stack_paint();
    if (!prepare(&embedded)) {
        return 1;
    }
    while (bench_command_read(&command)) {
        call(&embedded, &command);
    }
    print("\n");
    print_usage(embedded.runtime);
    embedded_end(&embedded);
    return 0;
}

/* Calls into a module by name: finds the export, reads the arguments by its type, prints the results; see motert_invoke.h. */
#include "motert_invoke.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "motert_nearest.h"
#include "motert_report.h"
#include "motert_value.h"

#define EXPORTS_SHOWN 8

int motert_ended(const struct motert_target *target)
{
    if (mote_agent_trap(target->agent) == MOTE_TRAP_EXIT) {
        return (int)(mote_wasi_exit_code(target->wasi) & 0xFF);
    }
    return motert_report_trap(target->options->file, target->agent);
}

static int call(const struct motert_target *target, struct mote_func *func, const struct mote_value *params,
                struct mote_value *results)
{
    enum mote_error error = mote_call(target->agent, func, params, mote_func_param_count(func), results,
                                      mote_func_result_count(func));
    if (error == MOTE_ERROR_NONE) {
        return MOTERT_OK;
    }
    if (error == MOTE_ERROR_TRAPPED) {
        return motert_ended(target);
    }
    fprintf(stderr, "motert: %s: %s\n", target->options->file, mote_error_text(error));
    return MOTERT_FAILED;
}

/* Calls an export that takes nothing and gives nothing. */
static int call_plain(const struct motert_target *target, const char *name, struct mote_func *func)
{
    if (mote_func_param_count(func) != 0 || mote_func_result_count(func) != 0) {
        fprintf(stderr, "motert: %s: %s must take and give nothing; call it with --invoke %s\n", target->options->file, name, name);
        return MOTERT_FAILED;
    }
    return call(target, func, NULL, NULL);
}

static void list_exports(const struct motert_target *target)
{
    uint32_t length, i = 0;
    const char *name;
    for (; i < EXPORTS_SHOWN && (name = mote_export_func_name(target->instance, i, &length)); i++) {
        fputs(i > 0 ? ", " : "", stderr);
        motert_report_name(stderr, name, length);
    }
    if (i == EXPORTS_SHOWN && mote_export_func_name(target->instance, i, &length)) {
        fputs(", ...", stderr);
    }
    fputs(i == 0 ? "nothing\n" : "\n", stderr);
}

static int missing_start(const struct motert_target *target)
{
    fprintf(stderr, "motert: %s: no _start to run; call an export with --invoke NAME; it exports ", target->options->file);
    list_exports(target);
    return MOTERT_FAILED;
}

static int missing_export(const struct motert_target *target)
{
    uint32_t length;
    const char *name;
    struct motert_nearest nearest;
    const char *wanted = target->options->invoke;
    motert_nearest_begin(&nearest, wanted, strlen(wanted));
    for (uint32_t i = 0; (name = mote_export_func_name(target->instance, i, &length)); i++) {
        motert_nearest_offer(&nearest, name, length);
    }
    fprintf(stderr, "motert: %s: no exported function %s; ", target->options->file, wanted);
    if (nearest.count == 0) {
        fputs("it exports ", stderr);
        list_exports(target);
        return MOTERT_FAILED;
    }
    fputs("nearest: ", stderr);
    for (uint32_t i = 0; i < nearest.count; i++) {
        fputs(i > 0 ? ", " : "", stderr);
        motert_report_name(stderr, nearest.names[i].at, nearest.names[i].length);
    }
    fputc('\n', stderr);
    return MOTERT_FAILED;
}

static int wrong_count(const struct motert_target *target, const struct mote_func *func, uint32_t given)
{
    uint32_t count = mote_func_param_count(func);
    fprintf(stderr, "motert: %s: %s takes %" PRIu32 " argument%s", target->options->file, target->options->invoke, count,
            count == 1 ? "" : "s");
    for (uint32_t i = 0; i < count; i++) {
        fprintf(stderr, "%s%s", i == 0 ? " (" : ", ", mote_valtype_text(mote_func_param_type(func, i)));
    }
    fprintf(stderr, "%s; given: %" PRIu32 "\n", count > 0 ? ")" : "", given);
    return MOTERT_USAGE;
}

/* Reads the command line's arguments after the file into `params`. */
static int read_params(const struct motert_target *target, const struct mote_func *func, struct mote_value *params)
{
    uint32_t count = mote_func_param_count(func);
    uint32_t given = target->options->arg_count - 1;
    if (given != count) {
        return wrong_count(target, func, given);
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *text = target->options->args[i + 1];
        enum mote_valtype type = mote_func_param_type(func, i);
        if (!motert_value_read(text, type, &params[i])) {
            fprintf(stderr, "motert: %s: argument %" PRIu32 ": %s is not an %s; write %s\n", target->options->invoke, i + 1, text,
                    mote_valtype_text(type), motert_value_wanted(type));
            return MOTERT_USAGE;
        }
    }
    return MOTERT_OK;
}

static int print_results(const struct mote_func *func, const struct mote_value *results)
{
    for (uint32_t i = 0; i < mote_func_result_count(func); i++) {
        motert_value_print(stdout, &results[i]);
    }
    if (fflush(stdout) != 0) {
        perror("motert: cannot write the results");
        return MOTERT_FAILED;
    }
    return MOTERT_OK;
}

static int invoke_with(const struct motert_target *target, struct mote_func *func, struct mote_value *params,
                       struct mote_value *results)
{
    int status = read_params(target, func, params);
    if (status == MOTERT_OK) {
        status = call(target, func, params, results);
    }
    return status == MOTERT_OK && mote_agent_trap(target->agent) == MOTE_TRAP_NONE ? print_results(func, results) : status;
}

/* A module without _start that wants to be initialised before its exports are called (a WASI reactor). */
static int initialize(const struct motert_target *target)
{
    struct mote_func *func = mote_find_func(target->instance, "_initialize");
    if (!func || strcmp(target->options->invoke, "_initialize") == 0) {
        return MOTERT_OK;
    }
    return call_plain(target, "_initialize", func);
}

int motert_invoke(const struct motert_target *target)
{
    struct mote_func *func = mote_find_func(target->instance, target->options->invoke);
    if (!func) {
        return missing_export(target);
    }
    int status = initialize(target);
    if (status != MOTERT_OK || mote_agent_trap(target->agent) != MOTE_TRAP_NONE) {
        return status;
    }
    struct mote_value *params = calloc((size_t)mote_func_param_count(func) + 1, sizeof *params);
    struct mote_value *results = calloc((size_t)mote_func_result_count(func) + 1, sizeof *results);
    if (params && results) {
        status = invoke_with(target, func, params, results);
    } else {
        fprintf(stderr, "motert: %s: out of memory\n", target->options->file);
        status = MOTERT_FAILED;
    }
    free(params);
    free(results);
    return status;
}

int motert_start(const struct motert_target *target)
{
    struct mote_func *func = mote_find_func(target->instance, "_start");
    return func ? call_plain(target, "_start", func) : missing_start(target);
}

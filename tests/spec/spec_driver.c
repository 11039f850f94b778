/* Embeds mote and obeys a line protocol, so that the same tests drive it on Linux and over a board's serial line.
 *
 * One command a line, one answer line each. Names are percent-encoded (the empty name is a lone %); values are TYPE:BITS with unsigned
 * decimal bits (f32:1065353216), externref:NUMBER, externref:null, funcref:null and, in answers, funcref:func. I and M are handles,
 * numbers below 1024 that the client picks; `-` stands for "not known".
 *
 *   stage HEX                appends bytes to the staging buffer                           ok SIZE
 *   file PATH                fills the staging buffer from a file, where there are files   ok SIZE
 *   validate                 checks the staged bytes and drops them                        ok
 *   load M                   makes module M of the staged bytes                            ok
 *   unload M                                                                               ok
 *   instantiate I M          links against what is registered, runs the start function     ok
 *   free I                                                                                 ok
 *   register I NAME          offers I's exports to later modules                           ok
 *   call I NAME [VALUE...]                                                                 ok [VALUE...]
 *   get I NAME               reads an exported global                                      ok VALUE
 *   memory I                 size and CRC-32 of the first memory                           ok SIZE CRC
 *   exports I                exported functions                                            ok [NAME:PARAMS:RESULTS...]
 *   frames                   the call stack at the last trap, innermost first              ok COUNT [FUNCIDX:OFFSET:NAME...]
 *   timeout MS               deadline of each later call and instantiation; 0: none        ok
 *   engine M                 who runs the module: native or interpreter                    ok ENGINE
 *   prepare on|off           on: modules to come are prepared first, and loaded from that  ok
 *   native WHEN              prefer, only or never: modules' machine code after a reset    ok
 *   usage                    bytes in use: module code instance memory stack other peak    ok NUMBER...
 *   reset [STACK [BYTES [PAGES]]]   frees all; stack size, memory limits of what follows   ok
 *   quit                     frees all and ends                                            ok
 *
 * Other answers: `error OFFSET FUNCIDX MESSAGE`, `trap TEXT`, and `fail TEXT` when the command itself makes no sense. The host module
 * "host" offers print, print_i32 and so on, which do nothing.
 */
#include "spec_text.h"

#include "spec_driver.h"

#define STACK_BYTES (1024 * 1024)

static enum mote_trap host_print(struct mote_caller *caller, uint64_t *values)
{
    (void)values;
    return caller->agent ? MOTE_TRAP_NONE : MOTE_TRAP_HOST;
}

static const struct mote_host_func host_functions[] = {
    {"print", ":", host_print, NULL},         {"print_i32", "i:", host_print, NULL},      {"print_i64", "I:", host_print, NULL},
    {"print_f32", "f:", host_print, NULL},    {"print_f64", "F:", host_print, NULL},      {"print_i32_f32", "if:", host_print, NULL},
    {"print_f64_f64", "FF:", host_print, NULL}, {NULL, NULL, NULL, NULL},
};
static const struct mote_host_module host_module = {"host", host_functions, NULL};

/* ---- Answers ---------------------------------------------------------------------------------------------------- */

void spec_answer(const char *kind, const char *text)
{
    spec_say(kind);
    spec_say(text);
    spec_say_end();
}

static void answer_index(uint32_t index)
{
    index == MOTE_NO_INDEX ? spec_say("-") : spec_say_number(index);
    spec_say(" ");
}

void spec_answer_error(enum mote_error error, const struct mote_diag *diag)
{
    spec_say("error ");
    answer_index(diag ? diag->offset : MOTE_NO_INDEX);
    answer_index(diag ? diag->funcidx : MOTE_NO_INDEX);
    if (diag && diag->error != error) {
        spec_say("(diag disagrees) ");
    }
    spec_answer("", diag ? diag->message : mote_error_text(error));
}

void spec_answer_result(const struct spec_driver *driver, enum mote_error error, const struct mote_diag *diag)
{
    if (error == MOTE_ERROR_NONE) {
        spec_answer("ok", "");
    } else if (error == MOTE_ERROR_TRAPPED) {
        spec_answer("trap ", mote_trap_text(mote_agent_trap(driver->agent)));
    } else {
        spec_answer_error(error, diag);
    }
}

/* ---- The runtime ------------------------------------------------------------------------------------------------ */

static enum mote_error begin(struct spec_driver *driver, uint64_t stack_bytes, uint64_t limit_bytes, uint64_t limit_pages)
{
    struct mote_runtime_options options = {
        .allocator = driver->allocator,
        .memory_limit_bytes = (size_t)limit_bytes,
        .memory_limit_pages = (uint32_t)limit_pages,
        .native = driver->native,
    };
    enum mote_error error = mote_runtime_new(&options, &driver->runtime);
    if (!error) {
        error = mote_host_module_register(driver->runtime, &host_module);
    }
    return error ? error : mote_agent_new(driver->runtime, stack_bytes ? (size_t)stack_bytes : STACK_BYTES, &driver->agent);
}

void spec_release(struct spec_driver *driver, void *block, size_t size)
{
    if (block) {
        driver->allocator.resize(driver->allocator.user, block, size, 0);
    }
}

static void end(struct spec_driver *driver)
{
    mote_runtime_free(driver->runtime);
    for (struct spec_block *block = driver->blocks, *next; block; block = next) {
        next = block->next;
        spec_release(driver, block->bytes, block->size);
        spec_release(driver, block, sizeof *block);
    }
    spec_release(driver, driver->staged, driver->staged_capacity);
    *driver = (struct spec_driver){.allocator = driver->allocator, .native = driver->native, .prepares = driver->prepares};
}

static void reset(struct spec_driver *driver)
{
    uint64_t sizes[3] = {0};
    for (int i = 0; i < 3 && spec_take_number(&driver->rest, &sizes[i]); i++) {
    }
    end(driver);
    enum mote_error error = begin(driver, sizes[0], sizes[1], sizes[2]);
    spec_answer_result(driver, error, NULL);
    if (error) {
        end(driver);
    }
}

static void choose_native(struct spec_driver *driver)
{
    static const char *const choices[] = {
        [MOTE_NATIVE_PREFER] = "prefer", [MOTE_NATIVE_ONLY] = "only", [MOTE_NATIVE_NEVER] = "never",
    };
    char word[16] = "";
    spec_take_word(&driver->rest, word, sizeof word);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (strcmp(word, choices[i]) == 0) {
            driver->native = (enum mote_native)i;
            spec_answer("ok", "");
            return;
        }
    }
    spec_answer("fail ", "need prefer, only or never");
}

/* ---- Commands --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*obey)(struct spec_driver *driver);
} commands[] = {
    {"stage", spec_do_stage},
    {"file", spec_do_file},
    {"validate", spec_do_validate},
    {"load", spec_do_load},
    {"unload", spec_do_unload},
    {"instantiate", spec_do_instantiate},
    {"free", spec_do_free},
    {"register", spec_do_register},
    {"call", spec_do_call},
    {"get", spec_do_get},
    {"memory", spec_do_memory},
    {"exports", spec_do_exports},
    {"frames", spec_do_frames},
    {"engine", spec_do_engine},
    {"native", choose_native},
    {"prepare", spec_do_prepare},
    {"usage", spec_do_usage},
    {"timeout", spec_do_timeout},
    {"reset", reset},
};

static void obey(struct spec_driver *driver, const char *word)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(word, commands[i].name) != 0) {
            continue;
        }
        if (!driver->runtime && commands[i].obey != reset) {
            spec_answer("fail ", "no runtime: the last reset failed");
            return;
        }
        commands[i].obey(driver);
        return;
    }
    spec_answer("fail ", "no such command");
}

void spec_driver_run(struct mote_allocator allocator)
{
    static struct spec_driver driver;
    driver.allocator = allocator;
    enum mote_error error = begin(&driver, 0, 0, 0);
    if (error) {
        spec_answer_error(error, NULL);
        end(&driver);
        return;
    }
    while ((driver.rest = spec_read_line())) {
        char word[16];
        if (!spec_take_word(&driver.rest, word, sizeof word)) {
            spec_answer("fail ", "need a command");
            continue;
        }
        if (strcmp(word, "quit") == 0) {
            break;
        }
        obey(&driver, word);
    }
    end(&driver);
}

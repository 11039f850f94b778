/* The command line of motert: one table of options makes the parser and the help text. */
#include "motert_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "mote_version.h"
#include "motert_nearest.h"

#define HINT " (motert --help lists the options)"

/* Takes the value of an option (NULL for an option without); MOTERT_GO_ON or the status to end with. */
typedef int (*take_fn)(struct motert_options *options, const char *value);

struct option {
    const char *name;
    const char *value; /* what help calls it; NULL: the option takes none */
    take_fn take;
    const char *help;
};

static int usage_error(const char *option, const char *value, const char *wanted)
{
    fprintf(stderr, "motert: %s %s: not understood; write %s\n", option, value, wanted);
    return MOTERT_USAGE;
}

static int take_invoke(struct motert_options *options, const char *value)
{
    options->invoke = value;
    return MOTERT_GO_ON;
}

static int take_validate(struct motert_options *options, const char *value)
{
    (void)value;
    options->validate = true;
    return MOTERT_GO_ON;
}

static int take_stats(struct motert_options *options, const char *value)
{
    (void)value;
    options->stats = true;
    return MOTERT_GO_ON;
}

static int take_native_only(struct motert_options *options, const char *value)
{
    (void)value;
    options->native = MOTE_NATIVE_ONLY;
    return MOTERT_GO_ON;
}

static int take_interpret(struct motert_options *options, const char *value)
{
    (void)value;
    options->native = MOTE_NATIVE_NEVER;
    return MOTERT_GO_ON;
}

static int take_allow_unchecked(struct motert_options *options, const char *value)
{
    (void)value;
    options->allow_unchecked = true;
    return MOTERT_GO_ON;
}

static int take_dir(struct motert_options *options, const char *value)
{
    (void)options;
    fprintf(stderr, "motert: --dir %s: guests see no folders of this machine; put it into an image: mote fs image %s -o IMAGE, then --files IMAGE\n",
            value, value);
    return MOTERT_USAGE;
}

/* The list of variables grows over the part of argv that has been read: there is always room, since each takes an argument. */
static int take_env(struct motert_options *options, const char *value)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) {
        return usage_error("--env", value, "--env NAME=VALUE");
    }
    size_t name_size = (size_t)(equals - value) + 1;
    for (uint32_t i = 0; i < options->environ_count; i++) {
        if (strncmp(options->environ[i], value, name_size) == 0) {
            options->environ[i] = (char *)value;
            return MOTERT_GO_ON;
        }
    }
    options->environ[options->environ_count++] = (char *)value;
    return MOTERT_GO_ON;
}

static int take_timeout(struct motert_options *options, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    bool number = *value >= '0' && *value <= '9' && *end == '\0';
    if (!number || !(seconds > 0) || seconds > 1e9) {
        return usage_error("--timeout", value, "seconds above 0, as in 0.5");
    }
    options->timeout_ns = (uint64_t)(seconds * 1e9);
    return MOTERT_GO_ON;
}

/* A number of bytes with an optional K, M or G (powers of 1024); false when it cannot be read or does not fit. */
static bool read_bytes(const char *text, size_t *bytes)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    bool ends = unit ? end[1] == '\0' : *end == '\0';
    if (*text < '0' || *text > '9' || !ends || errno != 0 || number == 0 || number > SIZE_MAX >> shift) {
        return false;
    }
    *bytes = (size_t)number << shift;
    return true;
}

static int take_memory_limit(struct motert_options *options, const char *value)
{
    bool good = read_bytes(value, &options->memory_limit_bytes);
    return good ? MOTERT_GO_ON : usage_error("--memory-limit", value, "bytes above 0, as in 65536, 64K, 16M or 1G");
}

static int take_stack_size(struct motert_options *options, const char *value)
{
    bool good = read_bytes(value, &options->stack_bytes);
    return good ? MOTERT_GO_ON : usage_error("--stack-size", value, "bytes above 0, as in 8192, 64K or 8M");
}

/* The size stands behind the last colon, if it is one. */
static int take_files(struct motert_options *options, const char *value)
{
    char *colon = strrchr((char *)value, ':');
    if (colon && read_bytes(colon + 1, &options->image_bytes)) {
        *colon = '\0';
    }
    options->image = value;
    return *value ? MOTERT_GO_ON : usage_error("--files", value, "--files IMAGE or --files IMAGE:SIZE, as in files.bin:1M");
}

static int take_version(struct motert_options *options, const char *value)
{
    (void)options, (void)value;
    puts("motert " MOTE_VERSION);
    return fflush(stdout) == 0 ? MOTERT_OK : MOTERT_FAILED;
}

static int take_help(struct motert_options *options, const char *value);

static const struct option table[] = {
    {"--invoke", "NAME", take_invoke, "call this export with the arguments and print its results, one per line"},
    {"--validate", NULL, take_validate, "only check the module: status 0 or 1"},
    {"--native-only", NULL, take_native_only, "refuse a module without native code for this machine"},
    {"--interpret", NULL, take_interpret, "leave a module's native code alone"},
    {"--allow-unchecked", NULL, take_allow_unchecked, "run native code that does not keep to its memory; only if you trust it"},
    {"--files", "IMAGE[:SIZE]", take_files, "let the guest use the files in an image, made when it is not there"},
    {"--dir", "PATH", take_dir, "guests see no folders of this machine: says how to use --files"},
    {"--env", "NAME=VALUE", take_env, "set a variable in the guest's environment"},
    {"--timeout", "SECONDS", take_timeout, "stop the guest after this time: status 124"},
    {"--memory-limit", "BYTES", take_memory_limit, "the most that the runtime may take, linear memories included; K, M, G"},
    {"--stack-size", "BYTES", take_stack_size, "stack for the guest's frames; K, M, G"},
    {"--stats", NULL, take_stats, "print times and memory to stderr at the end"},
    {"--version", NULL, take_version, "print the version"},
    {"--help", NULL, take_help, "print this"},
};

#define OPTION_COUNT (sizeof table / sizeof table[0])

static int take_help(struct motert_options *options, const char *value)
{
    (void)options, (void)value;
    puts("motert [options] MODULE.wasm [arguments of the guest...]\n\nRuns a WebAssembly module: its _start, or one of its exports.\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", table[i].name, table[i].value ? table[i].value : "");
        printf("  %-23s %s\n", left, table[i].help);
    }
    puts("\nStatus: the guest's own; 134 after a trap, 124 after --timeout, 130 after Ctrl-C, 1 for a module that does not\n"
         "load or link, 2 for a mistake on the command line.");
    return fflush(stdout) == 0 ? MOTERT_OK : MOTERT_FAILED;
}

static int unknown_option(const char *name, size_t length)
{
    struct motert_nearest nearest;
    motert_nearest_begin(&nearest, name, length);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        motert_nearest_offer(&nearest, table[i].name, strlen(table[i].name));
    }
    if (nearest.count == 0) {
        fprintf(stderr, "motert: unknown option %.*s" HINT "\n", (int)length, name);
    } else {
        fprintf(stderr, "motert: unknown option %.*s; did you mean %s?" HINT "\n", (int)length, name, nearest.names[0].at);
    }
    return MOTERT_USAGE;
}

/* Takes argv[*at], "--name", "--name value" or "--name=value", and moves *at to the last argument used. */
static int take_option(struct motert_options *options, int argc, char **argv, int *at)
{
    const char *name = argv[*at];
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        if (strncmp(option->name, name, length) != 0 || option->name[length] != '\0') {
            continue;
        }
        if (!option->value && value) {
            fprintf(stderr, "motert: %s takes no value" HINT "\n", option->name);
            return MOTERT_USAGE;
        }
        if (option->value && !value && *at + 1 == argc) {
            fprintf(stderr, "motert: %s needs a value: %s %s\n", option->name, option->name, option->value);
            return MOTERT_USAGE;
        }
        return option->take(options, option->value && !value ? argv[++*at] : value);
    }
    return unknown_option(name, length);
}

int motert_options_parse(struct motert_options *options, int argc, char **argv)
{
    int at = 1;
    *options = (struct motert_options){.stack_bytes = CONFIG_AGENT_STACK_DEFAULT_BYTES, .environ = argv + 1};
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        int status = take_option(options, argc, argv, &at);
        if (status != MOTERT_GO_ON) {
            return status;
        }
    }
    if (at >= argc) {
        fputs("motert: no module given: motert [options] MODULE.wasm [arguments...]" HINT "\n", stderr);
        return MOTERT_USAGE;
    }
    if (options->validate && options->invoke) {
        fputs("motert: --validate and --invoke exclude each other; leave one out\n", stderr);
        return MOTERT_USAGE;
    }
    options->file = argv[at];
    options->args = argv + at;
    options->arg_count = (uint32_t)(argc - at);
    return MOTERT_GO_ON;
}

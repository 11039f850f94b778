/* The command line of mote-device: one table of options makes the parser and the help text. */
#include "device_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mote_version.h"

#define GO_ON (-1)
#define USAGE 2

struct option {
    const char *name;
    const char *value; /* what help calls it; in brackets: it may be missing; NULL: the option takes none */
    bool (*take)(struct device_options *options, const char *value);
    const char *help;
};

/* A number with K or M behind. */
static bool read_size(const char *text, uint64_t least, uint64_t most, uint64_t *size)
{
    char *end;
    errno = 0;
    *size = strtoull(text, &end, 0);
    unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 0;
    if (end == text || text[0] == '-' || errno || end[shift != 0] != '\0' || *size > most >> shift) {
        return false;
    }
    *size <<= shift;
    return *size >= least;
}

static bool read_port(const char *text, unsigned *port)
{
    uint64_t number;
    bool is_good = read_size(text, 0, 65535, &number);
    *port = is_good ? (unsigned)number : 0;
    return is_good;
}

static bool read_region(const char *text, uint32_t *bytes)
{
    uint64_t size;
    bool is_good = read_size(text, 16384, 1u << 30, &size);
    *bytes = is_good ? (uint32_t)size : 0;
    return is_good;
}

static bool take_flash(struct device_options *options, const char *value)
{
    options->flash = value;
    return value[0] != '\0';
}

static bool take_flash_size(struct device_options *options, const char *value)
{
    return read_region(value, &options->store_bytes);
}

static bool take_files_size(struct device_options *options, const char *value)
{
    return read_region(value, &options->files_bytes);
}

static bool take_sector(struct device_options *options, const char *value)
{
    uint64_t size;
    bool is_good = read_size(value, 256, 262144, &size) && (size & (size - 1)) == 0;
    options->sector_bytes = is_good ? (uint32_t)size : 0;
    return is_good;
}

static bool take_memory(struct device_options *options, const char *value)
{
    uint64_t size;
    bool is_good = read_size(value, 65536, SIZE_MAX / 2, &size);
    options->memory_bytes = is_good ? (size_t)size : 0;
    return is_good;
}

static bool take_pty(struct device_options *options, const char *value)
{
    options->has_pty = true;
    options->pty_link = value;
    return true;
}

static bool take_tcp(struct device_options *options, const char *value)
{
    options->has_tcp = true;
    return read_port(value, &options->tcp_port);
}

static bool take_udp(struct device_options *options, const char *value)
{
    options->has_udp = true;
    return read_port(value, &options->udp_port);
}

static const struct option table[] = {
    {"--flash", "NAME", take_flash, "flash memory in NAME.store and NAME.files, made when they are not there [mote-device]"},
    {"--flash-size", "SIZE", take_flash_size, "of the store: bytes, or with K or M behind [2M]"},
    {"--files-size", "SIZE", take_files_size, "of the file system [1M]"},
    {"--sector", "SIZE", take_sector, "what the flash memory erases at once [4K]"},
    {"--memory", "SIZE", take_memory, "RAM for modules and everything else [64M]"},
    {"--pty", "[LINK]", take_pty, "the console is a pseudo-terminal; LINK becomes a symbolic link to it"},
    {"--tcp", "PORT", take_tcp, "the console is a TCP port of this machine, for one client at a time; 0: any port"},
    {"--udp", "PORT", take_udp, "management in datagrams as well, on this port; 0: any port"},
};

static int help(void)
{
    puts("usage: mote-device [OPTION]...\n"
         "A mote device as a process: its console is standard input and output unless an option says otherwise (Ctrl-\\ ends it).\n");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", table[i].name, table[i].value);
        printf("  %-20s %s\n", left, table[i].help);
    }
    return 0;
}

static const struct option *find_option(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

/* Takes the option at *at and its value; moves *at to the last word that belongs to it. */
static bool take(struct device_options *options, int count, char **arguments, int *at)
{
    const struct option *option = find_option(arguments[*at]);
    if (!option) {
        fprintf(stderr, "mote-device: %s: no such option (mote-device --help lists them)\n", arguments[*at]);
        return false;
    }
    bool has_value = *at + 1 < count && strncmp(arguments[*at + 1], "--", 2) != 0;
    if (!has_value && option->value[0] != '[') {
        fprintf(stderr, "mote-device: %s needs %s\n", option->name, option->value);
        return false;
    }
    const char *value = has_value ? arguments[++*at] : NULL;
    if (!option->take(options, value)) {
        fprintf(stderr, "mote-device: %s %s: not understood (mote-device --help)\n", option->name, value ? value : "");
        return false;
    }
    return true;
}

int device_options_parse(struct device_options *options, int count, char **arguments)
{
    *options = (struct device_options){
        .flash = "mote-device", .store_bytes = 2u << 20, .files_bytes = 1u << 20, .sector_bytes = 4096, .memory_bytes = 64u << 20,
    };
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--help") == 0) {
            return help();
        }
        if (strcmp(arguments[i], "--version") == 0) {
            puts("mote-device " MOTE_VERSION);
            return 0;
        }
        if (!take(options, count, arguments, &i)) {
            return USAGE;
        }
    }
    if (options->has_pty && options->has_tcp) {
        fputs("mote-device: --pty and --tcp: there is one console\n", stderr);
        return USAGE;
    }
    return GO_ON;
}

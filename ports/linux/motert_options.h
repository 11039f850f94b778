/* The command line of motert. */
#ifndef MOTERT_OPTIONS_H
#define MOTERT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mote.h"

/* Exit statuses of motert; a guest's own code comes through otherwise. */
enum {
    MOTERT_OK = 0,
    MOTERT_FAILED = 1,       /* the module does not load, link or hold what was asked for */
    MOTERT_USAGE = 2,
    MOTERT_DEADLINE = 124,
    MOTERT_INTERRUPTED = 130,
    MOTERT_TRAPPED = 134,
    MOTERT_GO_ON = -1,       /* from motert_options_parse: nothing is said yet */
};

/* All strings are those of the command line. */
struct motert_options {
    const char *file;
    char **args;             /* the guest's, args[0] is `file` */
    uint32_t arg_count;
    char **environ;
    uint32_t environ_count;
    const char *image;       /* of the guest's files; NULL: none */
    size_t image_bytes;      /* 0: as large as it is */
    const char *invoke;      /* NULL: run _start */
    bool validate;
    bool stats;
    enum mote_native native;
    bool allow_unchecked;
    uint64_t timeout_ns;     /* 0: none */
    size_t memory_limit_bytes;
    size_t stack_bytes;
};

/* Reads the command line. MOTERT_GO_ON, or the status to end with: help and version are printed, a mistake is told in one line. */
int motert_options_parse(struct motert_options *options, int argc, char **argv);

#endif

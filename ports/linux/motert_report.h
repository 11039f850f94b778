/* What motert tells a person on stderr: errors and traps, one line each, and --stats. */
#ifndef MOTERT_REPORT_H
#define MOTERT_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "mote.h"

/* A name out of a module: control characters and bytes outside of ASCII as \xNN, long ones cut. */
void motert_report_name(FILE *to, const char *name, size_t length);

/* Why a module did not load or link: "FILE: invalid: type mismatch: ... (offset 0x1a, function 3)". */
void motert_report_error(const char *file, enum mote_error error, const struct mote_diag *diag);

/* The agent's last trap and its call stack; returns the status that goes with it. */
int motert_report_trap(const char *file, const struct mote_agent *agent);

/* Time by step, in nanoseconds. */
struct motert_times {
    uint64_t load_ns;
    uint64_t instantiate_ns;
    uint64_t run_ns;
};
void motert_report_stats(const struct mote_runtime *runtime, const struct mote_module *module,
                         const struct motert_times *times);

#endif

/* The console of the measuring programs: one call a line, "FUNCTION NUMBER ...". */
#ifndef BARE_BENCH_COMMAND_H
#define BARE_BENCH_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#define BENCH_NUMBERS_MAX 8

struct bench_command {
    char line[128];
    const char *name; /* in `line`, as are the digits of the numbers */
    uint64_t numbers[BENCH_NUMBERS_MAX];
    uint32_t count;
};

/* Reads the next line, with a prompt and an echo; false at Ctrl-D. */
bool bench_command_read(struct bench_command *command);

/* Prints "FUNCTION NUMBER ... = " and, by the caller, the result; then bench_print_count what it took. */
void bench_print_call(const struct bench_command *command);
void bench_print_count(uint64_t from, uint64_t to);

/* "name: N instructions" and "name: N bytes" */
void bench_print_instructions(const char *name, uint64_t from, uint64_t to);
void bench_print_bytes(const char *name, uint64_t bytes);

#endif

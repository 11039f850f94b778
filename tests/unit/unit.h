/* What unit tests are written with. The build lists every UNIT_TEST of tests/unit/test_*.c in unit_test_rows.inc. */
#ifndef UNIT_H
#define UNIT_H

#include <string.h>

#include "mote.h"

/* UNIT_TEST(test_<file>_<behaviour>) { ... } */
#define UNIT_TEST(name) \
    void name(void);    \
    void name(void)

/* A failed check is reported with its place; the test goes on. */
#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQUAL(got, expected) unit_check_equal((uint64_t)(got), (uint64_t)(expected), __FILE__, __LINE__, #got)
#define CHECK_TEXT(got, expected) unit_check_text((got), (expected), __FILE__, __LINE__, #got)
/* A failed requirement ends the test: what follows would make no sense. */
#define REQUIRE(condition) unit_require((condition), __FILE__, __LINE__, #condition)

void unit_check(bool holds, const char *file, int line, const char *what);
void unit_check_equal(uint64_t got, uint64_t expected, const char *file, int line, const char *what);
void unit_check_text(const char *got, const char *expected, const char *file, int line, const char *what);
void unit_require(bool holds, const char *file, int line, const char *what);

/* How often something is to be done: more often in long runs (UNIT_LONG_RUN in the environment). */
unsigned unit_cycles(unsigned quick, unsigned in_long_runs);

/* An allocator over malloc that keeps account: what is not given back at the end of a test is a failure of the test. */
struct unit_account {
    size_t bytes;         /* in use now */
    size_t blocks;
    uint64_t requests;    /* for more memory, so far */
    uint64_t fail_after;  /* requests that succeed before all fail; 0: none fails */
    uint64_t fail_only;   /* the one request that fails, counted from 1; 0: none */
};
struct mote_allocator unit_allocator(struct unit_account *account);

/* Modules in bytes, made from the .wat files of tests/unit/modules by modules.py. */
struct unit_module {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};
extern const struct unit_module unit_modules[];
const struct unit_module *unit_find_module(const char *name);

#endif

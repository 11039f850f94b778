/* Runs unit tests: all, or those named as arguments. One line a test: `ok NAME` or `FAIL NAME: FILE:LINE: what`. */
#include "unit.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define UNIT_TEST_ROW(name) void name(void);
#include "unit_test_rows.inc"
#undef UNIT_TEST_ROW

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
#define UNIT_TEST_ROW(name) {#name, name},
#include "unit_test_rows.inc"
#undef UNIT_TEST_ROW
};

static const char *running;
static unsigned failures; /* of the running test */
static jmp_buf abandon;

static void fail(const char *file, int line, const char *what)
{
    if (failures++ == 0) {
        printf("FAIL %s: ", running);
    } else {
        printf("; ");
    }
    const char *short_name = strstr(file, "tests/");
    printf("%s:%d: %s", short_name ? short_name : file, line, what);
}

void unit_check(bool holds, const char *file, int line, const char *what)
{
    if (!holds) {
        fail(file, line, what);
    }
}

void unit_check_equal(uint64_t got, uint64_t expected, const char *file, int line, const char *what)
{
    if (got != expected) {
        fail(file, line, what);
        printf(" is %llu (0x%llx), not %llu (0x%llx)", (unsigned long long)got, (unsigned long long)got,
               (unsigned long long)expected, (unsigned long long)expected);
    }
}

void unit_check_text(const char *got, const char *expected, const char *file, int line, const char *what)
{
    if (!got || strcmp(got, expected) != 0) {
        fail(file, line, what);
        printf(" is \"%s\", not \"%s\"", got ? got : "(null)", expected);
    }
}

void unit_require(bool holds, const char *file, int line, const char *what)
{
    if (!holds) {
        fail(file, line, what);
        longjmp(abandon, 1);
    }
}

unsigned unit_cycles(unsigned quick, unsigned in_long_runs)
{
    return getenv("UNIT_LONG_RUN") ? in_long_runs : quick;
}

static void *account_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    struct unit_account *account = user;
    if (new_size > old_size) {
        account->requests++;
        if (account->requests == account->fail_only ||
            (account->fail_after && account->requests > account->fail_after)) {
            return NULL;
        }
    }
    void *moved = new_size ? malloc(new_size) : NULL; /* always moves, so that stale pointers are noticed */
    if (new_size && !moved) {
        return NULL;
    }
    account->bytes += new_size - old_size;
    account->blocks += (block == NULL) - (new_size == 0);
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    memset(moved, 0xA5, new_size);
    if (block) {
        memcpy(moved, block, old_size < new_size ? old_size : new_size);
        memset(block, 0x5A, old_size);
        free(block);
    }
    return moved;
}

struct mote_allocator unit_allocator(struct unit_account *account)
{
    return (struct mote_allocator){account_resize, account};
}

const struct unit_module *unit_find_module(const char *name)
{
    const struct unit_module *module = unit_modules;
    while (module->name && strcmp(module->name, name) != 0) {
        module++;
    }
    REQUIRE(module->name != NULL);
    return module;
}

static bool run(size_t i)
{
    running = tests[i].name;
    failures = 0;
    if (setjmp(abandon) == 0) {
        tests[i].run();
    }
    if (failures == 0) {
        printf("ok %s", running);
    }
    printf("\n");
    fflush(stdout);
    return failures == 0;
}

static bool is_wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    bool passed = true;
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        if (is_wanted(tests[i].name, argc - 1, argv + 1)) {
            passed = run(i) && passed;
        }
    }
    return passed ? 0 : 1;
}

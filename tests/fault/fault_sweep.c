/* Lives once for each allocation that there is, with that allocation failing: once it alone, once it and all after it. */
#include "fault_driver.h"

#include <stdlib.h>

static bool live_failing(const struct fault_file *files, int count, uint64_t from, uint64_t until, const char *how)
{
    struct fault_life life = {.account = {.fail_from = from, .fail_until = until}};
    bool is_right = fault_live(&life, files, count);
    if (is_right && from == until && life.gave_up) {
        fprintf(stderr, "a retry failed although there was memory again\n");
        is_right = false;
    }
    if (!is_right) {
        fprintf(stderr, "with allocation %llu failing (%s)\n", (unsigned long long)from, how);
    }
    return is_right;
}

int fault_sweep(int count, char **arguments)
{
    struct fault_file *files = calloc((size_t)count + 1, sizeof *files);
    bool is_right = files != NULL;
    for (int i = 0; i < count; i++) {
        is_right = is_right && fault_read_file(arguments[i], &files[i]);
    }
    struct fault_life whole = {.gave_up = false};
    is_right = is_right && fault_live(&whole, files, count);
    for (uint64_t k = 1; is_right && k <= whole.account.requests; k++) {
        is_right = live_failing(files, count, k, k, "it alone") && live_failing(files, count, k, UINT64_MAX, "and all after it");
    }
    printf("%llu allocations\n", (unsigned long long)whole.account.requests);
    for (int i = 0; files && i < count; i++) {
        free(files[i].bytes);
    }
    free(files);
    return is_right ? 0 : 1;
}

/* Lives again and again, a new runtime each time: memory must not grow. */
#include "fault_driver.h"

#include <stdlib.h>
#include <sys/resource.h>

#define WARM_UP_CYCLES 200
#define SLACK_KIB 2048

static long peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static bool cycle(const struct fault_file *files, int count)
{
    struct fault_life life = {.gave_up = false};
    return fault_live(&life, files, count);
}

static bool soak(long cycles, const struct fault_file *files, int count)
{
    long warm = 0;
    for (long i = 0; i < cycles + WARM_UP_CYCLES; i++) {
        if (i == WARM_UP_CYCLES) {
            warm = peak_kib();
        }
        if (!cycle(files, count)) {
            fprintf(stderr, "in cycle %ld\n", i);
            return false;
        }
    }
    long grown = peak_kib() - warm;
    printf("%ld cycles, memory grew by %ld KiB\n", cycles, grown);
    return grown <= SLACK_KIB;
}

int fault_soak(int count, char **arguments)
{
    if (count < 2) {
        fprintf(stderr, "fault-driver soak CYCLES [NAME=]FILE...\n");
        return 2;
    }
    struct fault_file *files = calloc((size_t)count, sizeof *files);
    bool is_right = files != NULL;
    for (int i = 1; i < count; i++) {
        is_right = is_right && fault_read_file(arguments[i], &files[i - 1]);
    }
    is_right = is_right && soak(strtol(arguments[0], NULL, 10), files, count - 1);
    for (int i = 0; files && i < count; i++) {
        free(files[i].bytes);
    }
    free(files);
    return is_right ? 0 : 1;
}

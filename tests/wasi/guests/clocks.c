/* Every clock: prints the wall-clock time in seconds, then what does not hold. */
#include <stdio.h>
#include <time.h>
#include <wasi/api.h>

static void check_clock(const char *name, __wasi_clockid_t clock)
{
    __wasi_timestamp_t resolution = 0, before = 0, after = 0;
    if (__wasi_clock_res_get(clock, &resolution) || resolution == 0 || resolution > 1000000000) {
        printf("%s: no resolution\n", name);
    }
    if (__wasi_clock_time_get(clock, 1, &before) || __wasi_clock_time_get(clock, 1, &after) || after < before) {
        printf("%s: goes back\n", name);
    }
}

int main(void)
{
    __wasi_timestamp_t time_ns;
    printf("%lld\n", (long long)time(NULL));
    check_clock("realtime", __WASI_CLOCKID_REALTIME);
    check_clock("monotonic", __WASI_CLOCKID_MONOTONIC);
    check_clock("process", __WASI_CLOCKID_PROCESS_CPUTIME_ID);
    check_clock("thread", __WASI_CLOCKID_THREAD_CPUTIME_ID);
    printf("clock 4: %d %d\n", __wasi_clock_time_get(4, 0, &time_ns), __wasi_clock_res_get(4, &time_ns));
    return 0;
}

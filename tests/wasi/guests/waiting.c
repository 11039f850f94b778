/* poll_oneoff: the first argument says what on. Prints events and whether the time waited is plausible. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wasi/api.h>

#define MS 1000000ull

static __wasi_subscription_t subscriptions[8];
static __wasi_event_t events[8];
static __wasi_size_t count;

static __wasi_timestamp_t now(__wasi_clockid_t clock)
{
    __wasi_timestamp_t time_ns = 0;
    return __wasi_clock_time_get(clock, 1, &time_ns) ? 0 : time_ns;
}

static void on_clock(int i, __wasi_clockid_t clock, __wasi_timestamp_t timeout, int flags)
{
    subscriptions[i] = (__wasi_subscription_t){.userdata = 100 + (unsigned)i, .u.tag = __WASI_EVENTTYPE_CLOCK};
    subscriptions[i].u.u.clock.id = clock;
    subscriptions[i].u.u.clock.timeout = timeout;
    subscriptions[i].u.u.clock.flags = (__wasi_subclockflags_t)flags;
}

static void on_fd(int i, __wasi_eventtype_t type, __wasi_fd_t fd)
{
    subscriptions[i] = (__wasi_subscription_t){.userdata = 100 + (unsigned)i, .u.tag = type};
    subscriptions[i].u.u.fd_read.file_descriptor = fd;
}

/* Prints "error: [userdata type error] ... waited N0 ms". */
static void wait_for(int subscription_count)
{
    __wasi_timestamp_t before = now(__WASI_CLOCKID_MONOTONIC);
    int error = __wasi_poll_oneoff(subscriptions, events, (__wasi_size_t)subscription_count, &count);
    unsigned waited_ms = (unsigned)((now(__WASI_CLOCKID_MONOTONIC) - before) / MS);
    printf("%d:", error);
    for (__wasi_size_t i = 0; error == 0 && i < count; i++) {
        printf(" [%d %d %d]", (int)events[i].userdata, events[i].type, events[i].error);
    }
    printf(" %s\n", waited_ms < 20 ? "at once" : waited_ms < 1000 ? "after a while" : "late");
}

static void clocks(void)
{
    on_clock(0, __WASI_CLOCKID_MONOTONIC, 30 * MS, 0);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_REALTIME, 30 * MS, 0);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_MONOTONIC, now(__WASI_CLOCKID_MONOTONIC) + 30 * MS, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_REALTIME, now(__WASI_CLOCKID_REALTIME) + 30 * MS, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_MONOTONIC, 5, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_MONOTONIC, 0, 0);
    wait_for(1);
    on_clock(0, __WASI_CLOCKID_MONOTONIC, UINT64_MAX, 0);
    on_clock(1, __WASI_CLOCKID_MONOTONIC, 40 * MS, 0);
    on_clock(2, __WASI_CLOCKID_REALTIME, UINT64_MAX, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait_for(3);
    on_clock(0, __WASI_CLOCKID_PROCESS_CPUTIME_ID, MS, 0);
    on_clock(1, 77, MS, 0);
    wait_for(2);
}

static void descriptors(void)
{
    on_fd(0, __WASI_EVENTTYPE_FD_READ, 0);
    on_fd(1, __WASI_EVENTTYPE_FD_WRITE, 1);
    on_clock(2, __WASI_CLOCKID_MONOTONIC, UINT64_MAX, 0);
    on_fd(3, __WASI_EVENTTYPE_FD_READ, 5);
    on_fd(4, __WASI_EVENTTYPE_FD_WRITE, 0);
    wait_for(5);
    subscriptions[0].u.tag = 3;
    wait_for(1);
    wait_for(0);
}

static void library(void)
{
    struct timespec pause = {0, 30 * (long)MS};
    struct pollfd fds[] = {{.fd = 1, .events = POLLOUT}, {.fd = 9, .events = POLLIN}};
    printf("nanosleep %d\n", nanosleep(&pause, NULL));
    printf("poll %d", poll(fds, 2, 1000));
    printf(" %d %d\n", fds[0].revents == POLLOUT, fds[1].revents == POLLNVAL);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "clocks") == 0) {
        clocks();
    } else if (strcmp(what, "descriptors") == 0) {
        descriptors();
    } else if (strcmp(what, "library") == 0) {
        library();
    } else if (strcmp(what, "ever") == 0) {
        puts("waiting");
        fflush(stdout);
        on_clock(0, __WASI_CLOCKID_MONOTONIC, UINT64_MAX, 0);
        wait_for(1);
    }
    return 0;
}

/* The process as a whole: how it ends when mote itself is at fault. */
#include "hal/system.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "restart.h"

#define KEPT_BYTES ((size_t)65536)
#define USED_BYTES ((size_t)262144)
#define USUAL_STACK_BYTES ((size_t)8388608)

/* The decimal digits of `number` at the end of `digits`; no library call, since a signal handler may be what panics. */
static const char *decimal(int number, char digits[static 12])
{
    unsigned rest = number < 0 ? 0 : (unsigned)number;
    char *at = digits + 11;
    *at = '\0';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    return at;
}

_Noreturn void hal_system_panic(const char *file, int line, const char *what)
{
    char digits[12];
    const char *parts[] = {"mote: internal error at ", file, ":", decimal(line, digits), ": ", what, "\n"};
    struct iovec pieces[sizeof parts / sizeof parts[0]];
    int count = (int)(sizeof parts / sizeof parts[0]);
    for (int i = 0; i < count; i++) {
        pieces[i] = (struct iovec){(void *)parts[i], strlen(parts[i])};
    }
    ssize_t written = writev(STDERR_FILENO, pieces, count);
    (void)written; /* there is nobody left to tell */
    restart_after_fault();
    abort();
}

/* The first thread's stack grows up to a limit. Where it began is not asked for: C libraries find out by reading files or by trying every
   page, which does not end in an emulator. What has been used so far is taken to be less than a quarter and less than 256 KiB. */
static bool find_first_stack(uintptr_t *low, size_t *size)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0) {
        return false;
    }
    size_t all = limit.rlim_cur < USUAL_STACK_BYTES ? (size_t)limit.rlim_cur : USUAL_STACK_BYTES;
    *size = all - (all / 4 < USED_BYTES ? all / 4 : USED_BYTES);
    *low = (uintptr_t)low - *size;
    return true;
}

/* What the machine says of the calling thread's stack: its lowest byte and how large it is; false when it does not say. */
static bool find_stack(uintptr_t *low, size_t *size)
{
    if (gettid() == getpid()) {
        return find_first_stack(low, size);
    }
    pthread_attr_t attributes;
    void *address;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return false;
    }
    bool is_known = pthread_attr_getstack(&attributes, &address, size) == 0;
    pthread_attr_destroy(&attributes);
    *low = (uintptr_t)address;
    return is_known;
}

/* Asking is slow, so each thread asks once. A quarter of the stack, at most 64 KiB, is kept for host functions. Without an answer only what
   lies right below us is promised. */
uintptr_t hal_stack_limit(void)
{
    static _Thread_local uintptr_t limit;
    if (limit == 0) {
        uintptr_t low;
        size_t size;
        bool is_known = find_stack(&low, &size);
        limit = is_known ? low + (size / 4 < KEPT_BYTES ? size / 4 : KEPT_BYTES) : (uintptr_t)&low - KEPT_BYTES;
    }
    return limit;
}

void hal_system_yield(void)
{
    sched_yield();
}

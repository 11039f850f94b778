/* The process as a whole: how it ends when mote itself is at fault. */
#include "hal/system.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

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
    abort();
}

void hal_system_yield(void)
{
    sched_yield();
}

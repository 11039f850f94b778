/* Randomness from the kernel. */
#include "hal/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

bool hal_random_fill(void *data, size_t size)
{
    char *at = data;
    while (size > 0) {
        ssize_t count = getrandom(at, size, 0);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            at += count;
            size -= (size_t)count;
        }
    }
    return true;
}

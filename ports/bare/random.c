/* There is no source of randomness that every bare machine has, and a weak one would be worse than none. */
#include "hal/random.h"

bool hal_random_fill(void *data, size_t size)
{
    (void)data, (void)size;
    return false;
}

/* Randomness fit for keys. */
#ifndef HAL_RANDOM_H
#define HAL_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `size` bytes; false when the machine has no good source. May block shortly after boot. Any task, no interrupt. */
bool hal_random_fill(void *data, size_t size);

#endif

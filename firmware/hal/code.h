/* Native code made ready to run. No byte is ever writable and executable at once. Any task, no interrupt. */
#ifndef HAL_CODE_H
#define HAL_CODE_H

#include <stddef.h>

/* The address at which the code in `image` can be executed: `image` itself where the machine can run it in place (flash, a read-only
   mapping of a file), otherwise a copy, aligned to at least 4096. The instruction cache knows of it. NULL when neither can be. The
   bytes stay the caller's and must not change until the code is closed. */
const void *hal_code_open(const void *image, size_t size);

/* Ends the use of what hal_code_open(image, size) gave as `code`. */
void hal_code_close(const void *code, const void *image, size_t size);

#endif

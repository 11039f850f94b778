/* Native code runs where it lies: flash is mapped, and nothing on these machines keeps code apart from data. */
#include "hal/code.h"

const void *hal_code_open(const void *image, size_t size)
{
    (void)size;
    return image;
}

void hal_code_close(const void *code, const void *image, size_t size)
{
    (void)code, (void)image, (void)size;
}

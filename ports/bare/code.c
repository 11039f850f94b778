/* Native code runs where it lies, if memory protection lets it: in flash. Where the CPU executes flash at other addresses than it reads it, those
   are what the code runs at. */
#include "hal/code.h"

#include <stdint.h>

#include "base/config.h"
#include "boot.h"

const void *hal_code_open(const void *image, size_t size)
{
    uintptr_t start = (uintptr_t)image, end = start + size;
    for (const struct link_row *row = link_map; row < link_map_end; row++) {
        if (row->access != LINK_DATA && start >= row->start && end <= row->end) {
            return (const void *)(start + CONFIG_BARE_CODE_OFFSET);
        }
    }
    return NULL;
}

void hal_code_close(const void *code, const void *image, size_t size)
{
    (void)code, (void)image, (void)size;
}

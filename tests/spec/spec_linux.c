/* What Linux adds to the driver: memory from malloc (where sanitizers watch it), modules from files, and main. */
#include <stdio.h>
#include <stdlib.h>

#include "spec_driver.h"

static void *resize(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user, (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

bool spec_machine_stage_file(struct spec_driver *driver, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    char bytes[65536];
    size_t size;
    bool fits = true;
    while (fits && (size = fread(bytes, 1, sizeof bytes, file)) > 0) {
        fits = spec_stage(driver, bytes, size);
    }
    fits = fits && !ferror(file);
    fclose(file);
    return fits;
}

int main(void)
{
    spec_driver_run((struct mote_allocator){resize, NULL});
    return 0;
}

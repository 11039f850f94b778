/* Never ends by itself: writes, reads or computes, as the first argument says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

static char block[60000];
static volatile unsigned counter;

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    fputs("started\n", stderr);
    int error = 0;
    while (strcmp(how, "write") == 0) {
        error |= write(1, block, sizeof block) < 0;
    }
    while (strcmp(how, "read") == 0) {
        error |= read(0, block, sizeof block) < 0;
    }
    while (strcmp(how, "random") == 0) {
        error |= __wasi_random_get((uint8_t *)block, sizeof block);
    }
    while (strcmp(how, "yield") == 0) {
        error |= __wasi_sched_yield();
    }
    while (1) {
        counter += (unsigned)error;
    }
}

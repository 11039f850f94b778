/* malloc, realloc, free and qsort: sorts lines made from a simple random sequence and prints a digest of them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 2000

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void)
{
    char **lines = NULL;
    uint32_t state = 1, digest = 0;
    for (int i = 0; i < LINES; i++) {
        lines = realloc(lines, (size_t)(i + 1) * sizeof *lines);
        state = state * 1664525u + 1013904223u;
        lines[i] = malloc(16);
        snprintf(lines[i], 16, "line %08x", (unsigned)state);
    }
    qsort(lines, LINES, sizeof *lines, by_text);
    for (int i = 0; i < LINES; i++) {
        for (const char *c = lines[i]; *c; c++) {
            digest = digest * 31 + (unsigned char)*c;
        }
        if (i > 0 && strcmp(lines[i - 1], lines[i]) > 0) {
            puts("out of order");
        }
        free(lines[i]);
    }
    printf("%s %08x\n", "digest", (unsigned)digest);
    free(lines);
    return 0;
}

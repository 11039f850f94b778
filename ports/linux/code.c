/* Native code in place: a module's file is mapped read-only, so its pages may become executable; other bytes are copied to pages that
   are. The kernel's list of mappings tells which are which. */
#include "hal/code.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Whether the bytes lie in one mapping of a file that nobody writes to through it: a module's file, or flash memory (flash.c). */
static bool is_in_read_only_file(uintptr_t start, uintptr_t end)
{
    FILE *mappings = fopen("/proc/self/maps", "re");
    char line[256];
    bool is_found = false, is_line_start = true;
    while (mappings && !is_found && fgets(line, sizeof line, mappings)) {
        uintptr_t low, high;
        char permissions[5];
        unsigned long inode;
        is_found = is_line_start && sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %lu", &low, &high, permissions, &inode) == 4 &&
                   low <= start && end <= high && strchr(permissions, 'w') == NULL && inode != 0;
        is_line_start = strchr(line, '\n') != NULL;
    }
    if (mappings) {
        fclose(mappings);
    }
    return is_found;
}

static bool make_executable(uintptr_t start, uintptr_t end)
{
    uintptr_t first = start & ~(uintptr_t)(page_bytes() - 1);
    __builtin___clear_cache((char *)start, (char *)end);
    return mprotect((void *)first, end - first, PROT_READ | PROT_EXEC) == 0;
}

static const void *copy(const void *image, size_t size)
{
    char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return NULL;
    }
    memcpy(pages, image, size);
    __builtin___clear_cache(pages, pages + size);
    if (mprotect(pages, size, PROT_READ | PROT_EXEC) != 0) {
        munmap(pages, size);
        return NULL;
    }
    return pages;
}

const void *hal_code_open(const void *image, size_t size)
{
    uintptr_t start = (uintptr_t)image, end = start + size;
    if (size == 0) {
        return image;
    }
    return is_in_read_only_file(start, end) && make_executable(start, end) ? image : copy(image, size);
}

/* Code in place stays executable until its file is closed: somebody else may run what lies on the same pages. */
void hal_code_close(const void *code, const void *image, size_t size)
{
    if (code && code != image) {
        munmap((void *)(uintptr_t)code, size);
    }
}

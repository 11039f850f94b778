/* The four functions of <string.h> that compilers and the core rely on; bare compilers bring no such header. */
#ifndef BARE_MEM_H
#define BARE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif

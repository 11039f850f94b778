/* What the driver needs of <string.h>, which bare machines do not have: there spec_bare.c and the port bring it along. */
#ifndef SPEC_TEXT_H
#define SPEC_TEXT_H

#include <stddef.h>

size_t strlen(const char *string);
int strcmp(const char *a, const char *b);
char *strchr(const char *string, int byte);
size_t strspn(const char *string, const char *accepted);
size_t strcspn(const char *string, const char *refused);
void *memchr(const void *bytes, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *bytes, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#endif

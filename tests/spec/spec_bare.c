/* What a bare board adds to the driver: all RAM that is left, the serial line (by the HAL's console), no files, and the few functions of
   <string.h> that the port does not bring. */
#include "spec_text.h"

#include "../../ports/bare/boot.h"
#include "spec_driver.h"

bool spec_machine_stage_file(struct spec_driver *driver, const char *path)
{
    (void)driver, (void)path;
    return false;
}

int main(void)
{
    spec_answer("ok ", "ready"); /* what was sent before may be lost */
    spec_driver_run(mote_pool_allocator(link_pool_start, (size_t)(link_pool_end - link_pool_start)));
    return 0;
}

size_t strlen(const char *string)
{
    size_t length = 0;
    while (string[length]) {
        length++;
    }
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++, b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

char *strchr(const char *string, int byte)
{
    while (*string && *string != (char)byte) {
        string++;
    }
    return *string == (char)byte ? (char *)(uintptr_t)string : NULL;
}

size_t strspn(const char *string, const char *accepted)
{
    size_t length = 0;
    while (string[length] && strchr(accepted, string[length])) {
        length++;
    }
    return length;
}

size_t strcspn(const char *string, const char *refused)
{
    size_t length = 0;
    while (string[length] && !strchr(refused, string[length])) {
        length++;
    }
    return length;
}

void *memchr(const void *bytes, int byte, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] == (unsigned char)byte) {
            return (void *)(uintptr_t)(at + i);
        }
    }
    return NULL;
}

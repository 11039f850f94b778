/* The firmware: a device that has all RAM which the program leaves; or, in an image that holds a module, only that module. */
#include "main.h"

#include "boot.h"
#include "embedded.h"

/* Set by what the build makes of MODULE=; other images have neither this nor what it leads to. */
extern int (*const link_module_program)(void) __attribute__((weak));

int main(void)
{
    if (&link_module_program) {
        return link_module_program();
    }
    struct fw_options options = {link_pool_start, (size_t)(link_pool_end - link_pool_start)};
    return fw_main(&options);
}

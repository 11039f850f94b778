/* Measuring the machine's stack by what its unused part looks like. */
#include "stack.h"

#include "boot.h"

#define PATTERN 0xA5
#define OWN_FRAME_BYTES 64

void stack_paint(void)
{
    volatile uint8_t *here = __builtin_frame_address(0);
    for (volatile uint8_t *at = link_stack_start; at < here - OWN_FRAME_BYTES; at++) {
        *at = PATTERN;
    }
}

uint32_t stack_used_bytes(void)
{
    const volatile uint8_t *at = link_stack_start;
    while (*at == PATTERN) {
        at++;
    }
    return (uint32_t)(link_stack_end - at);
}

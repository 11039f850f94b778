/* Access to device registers: a word at base + offset. */
#ifndef BARE_REGISTERS_H
#define BARE_REGISTERS_H

#include <stdint.h>

static inline volatile uint32_t *register_at(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static inline volatile uint8_t *byte_register_at(uint32_t base, uint32_t offset)
{
    return (volatile uint8_t *)(uintptr_t)(base + offset);
}

#endif

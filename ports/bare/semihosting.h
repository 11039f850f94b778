/* Calls to the emulator or debugger that runs this program on an Arm CPU. */
#ifndef BARE_SEMIHOSTING_H
#define BARE_SEMIHOSTING_H

#include <stdint.h>

static inline uintptr_t semihosting(uint32_t operation, const void *parameters)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameters;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

#endif

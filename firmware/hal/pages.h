/* Address space and pages, for machines with an MMU: linear memories that never move and are guarded by inaccessible pages. */
#ifndef HAL_PAGES_H
#define HAL_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets `size` bytes of address space aside, aligned to 64 KiB, all inaccessible; costs no memory. NULL when there is none. `size` is a multiple
   of 64 KiB. Does not block. */
void *hal_pages_reserve(size_t size);

/* Makes a part of a reservation readable and writable, filled with zeros; both arguments are multiples of 4 KiB. */
bool hal_pages_commit(void *at, size_t size);

/* Gives a whole reservation back. */
void hal_pages_release(void *base, size_t size);

/* An access that the machine refused: where to, and where the code stood that made it. Registers are 0 where the port cannot tell. */
struct hal_fault {
    const void *address;
    uintptr_t pc;   /* of the instruction */
    uintptr_t sp;   /* stack pointer */
    uintptr_t link; /* the link register, on machines that have one */
};

/* Runs run(argument). If it makes an access that the machine refuses and owns(argument, fault) says true (asked in a signal handler, while
   everything is still as it was), everything run had started is abandoned and the result is false; true when run returned. Any other
   fault goes its usual way. Calls nest; each thread has its own. */
bool hal_pages_guarded(void (*run)(void *argument), bool (*owns)(void *argument, const struct hal_fault *fault), void *argument);

#endif

/* The end of a program whose machine refused something: one line on the console. */
#ifndef BARE_FAULT_H
#define BARE_FAULT_H

#include <stdint.h>

/* Says what happened, where, and (if there is one, else NULL) for which address; ends the program. From a trap handler only. */
_Noreturn void fault_report(const char *what, uintptr_t pc, const uintptr_t *address);

#endif

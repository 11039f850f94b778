/* The end of a program whose machine refused something: one line on the console, then it is started again if it feeds the watchdog, and ended
   otherwise. */
#ifndef BARE_FAULT_H
#define BARE_FAULT_H

#include <stdint.h>

/* Says what happened, where, and (if there is one, else NULL) for which address. From a trap handler only. */
_Noreturn void fault_report(const char *what, uintptr_t pc, const uintptr_t *address);

/* Traps, and the line will say that mote itself is at fault. Any context. */
_Noreturn void fault_panic(const char *file, int line, const char *what);

#endif

/* The machine as a whole. */
#ifndef HAL_SYSTEM_H
#define HAL_SYSTEM_H

#include <stdint.h>

/* Ends this program because mote itself is at fault: says `what` and where, in one line, then stops or resets. Any context. */
_Noreturn void hal_system_panic(const char *file, int line, const char *what);

/* The lowest address that a module's machine code may use of the calling task's stack. What the runtime, host functions and interrupts
   need below it is set aside already. Any task, no interrupt. */
uintptr_t hal_stack_limit(void);

/* Lets other tasks run. */
void hal_system_yield(void);

#endif

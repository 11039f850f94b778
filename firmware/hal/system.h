/* The machine as a whole. */
#ifndef HAL_SYSTEM_H
#define HAL_SYSTEM_H

/* Ends this program because mote itself is at fault: says `what` and where, in one line, then stops or resets. Any context. */
_Noreturn void hal_system_panic(const char *file, int line, const char *what);

/* Lets other tasks run. */
void hal_system_yield(void);

#endif

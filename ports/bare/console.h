/* What console.c offers to its neighbours beside hal/console.h. */
#ifndef BARE_CONSOLE_H
#define BARE_CONSOLE_H

#include <stdbool.h>

/* Whether something was received and not yet read. Any context. */
bool console_has_input(void);

/* Sends what waits to be sent; takes as long as the line needs. Main thread, or a trap handler. */
void console_flush(void);

#endif

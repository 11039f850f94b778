/* Starting anew, and what the next start knows of it. */
#ifndef BARE_SYSTEM_H
#define BARE_SYSTEM_H

#include "hal/system.h"

/* Finds out why the machine started. At start-up. */
void system_init(void);

/* Starts the machine anew; hal_system_reset_reason will say `reason`. Any context. */
_Noreturn void system_restart(enum hal_reset_reason reason);

#endif

/* The watchdog: of the timer's interrupt (watchdog_timer.c), or a device of the chip. */
#ifndef BARE_WATCHDOG_H
#define BARE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

/* Whether somebody feeds it: then a program that fails is started again, otherwise it ends. Any context. */
bool watchdog_is_on(void);

/* When the timer has to ring for it (UINT64_MAX: not at all), and what then happens. In a trap handler. */
uint64_t watchdog_bites_at(void);
void watchdog_look(uint64_t now);

#endif

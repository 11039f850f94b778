/* The machine's beginning and end. */
#ifndef BARE_POWER_H
#define BARE_POWER_H

#define STATUS_FAULT 134 /* the machine refused something, or mote itself is at fault; as a shell says it of an aborted process */

/* Before anything else, with RAM not yet filled: what the machine needs to go on running (watchdogs that its ROM left on). */
void power_init(void);

/* Ends the program: an emulator ends with `status`, a board stands still. Any context. */
_Noreturn void power_off(int status);

/* Starts the machine anew; RAM that nobody fills at start-up stays as it is. Any context in which code is privileged. */
_Noreturn void power_reset(void);

#endif

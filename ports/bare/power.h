/* The end of everything. */
#ifndef BARE_POWER_H
#define BARE_POWER_H

#define STATUS_FAULT 134 /* the machine refused something, or mote itself is at fault; as a shell says it of an aborted process */

/* Ends the program: an emulator ends with `status`, a board stands still. Any context. */
_Noreturn void power_off(int status);

#endif

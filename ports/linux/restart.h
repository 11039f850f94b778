/* Starting the process anew, as a device resets: it executes itself with the same arguments. What is to survive lies in a page of
   memory that belongs to no process: the retained memory, why it restarted, and numbers of descriptors that stay open. */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

enum restart_descriptor { RESTART_LINE, RESTART_CLIENT, RESTART_DESCRIPTORS };

/* A descriptor kept over the restart, -1 when there was none; from now on (or never again: -1) it is kept. */
int restart_kept(enum restart_descriptor which);
void restart_keep(enum restart_descriptor which, int fd);

/* The terminal's settings before the very first start; false: none were noted. */
bool restart_terminal(struct termios *settings);
void restart_note_terminal(const struct termios *settings);

/* What hal_system_id tells. */
void restart_set_id(const uint8_t id[16]);

/* Restarts after the firmware's own fault, if the program is a device (its watchdog runs); otherwise comes back. May be called from a signal handler. */
void restart_after_fault(void);

#endif

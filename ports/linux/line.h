/* The device's console line where it is not the process's own streams: a pseudo-terminal or a TCP socket, with one client at a time. Without a
   client it is a serial line on which nobody listens: what is written is lost. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a pseudo-terminal; `link` (may be NULL) becomes a symbolic link to it. Or listens on a port of the loopback interface; 0: any. What
   was open before a restart stays open. `name` takes what a client opens. False: errno says why. */
bool line_open_pty(const char *link, char *name, size_t room);
bool line_open_tcp(unsigned port, char *name, size_t room);

bool line_is_open(void);
/* As hal_console_read and hal_console_write. */
intptr_t line_read(void *data, size_t size);
intptr_t line_write(const void *data, size_t size);

#endif

/* The device's two faces: a text console for people and the Simple Management Protocol (SMP) for tools, both on the console's line, the latter also in
   datagrams where there is a network. All that the device says goes out through here. The main thread's, with the lock held. */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include "mote.h"

struct mote_app;
struct mote_vfs;
struct mote_shell;

struct mote_shell_options {
    struct mote_app *app;
    struct mote_vfs *files; /* NULL: no files */
    struct mote_allocator allocator;
};

/* Takes all memory that the shell will ever need, in one block. Error: NO_MEMORY. `*out` is NULL on error. */
enum mote_error mote_shell_new(const struct mote_shell_options *options, struct mote_shell **out);
void mote_shell_free(struct mote_shell *shell);

/* One round: reads what the line and the network have (waiting up to 5 ms, in which other threads run), acts on it, and writes what the line
   takes: about 20 ms at most, apart from what it asks the app to do. When somebody asked for a reset and has been answered it does not return
   (hal_system_reset). False when the line has ended (a process whose input is at its end), there is no network, and all that was to be
   said has been written. */
bool mote_shell_step(struct mote_shell *shell);

#endif

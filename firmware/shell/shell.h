/* The device's two faces: a text console for people and the Simple Management Protocol for programs, both on the console's line, the latter also in
   datagrams where there is a network. Everything that the device says goes out through here. The main thread's, with the lock held. */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include "app/app.h"

struct mote_shell;
struct mote_vfs;

struct mote_shell_options {
    struct mote_allocator allocator; /* one block of mote_shell_bytes() */
    struct mote_app *app;
    struct mote_vfs *files; /* NULL: no files */
    const char *greeting;   /* a line said at the start, or NULL */
};

size_t mote_shell_bytes(void);

/* Errors: NO_MEMORY. `*out` is NULL on error. */
enum mote_error mote_shell_new(const struct mote_shell_options *options, struct mote_shell **out);
/* NULL is allowed. What is still to be said is lost: MOTE_SHELL_RESETS comes when all has been said. */
void mote_shell_free(struct mote_shell *shell);

enum mote_shell_wish {
    MOTE_SHELL_GOES_ON,
    MOTE_SHELL_RESETS, /* somebody asked for a reset and has been answered: hal_system_reset() */
    MOTE_SHELL_ENDS,   /* nobody can ever say anything again: the console's input has ended and there is no network */
};

/* One round of the main loop: reads what came (waits for it up to 5 ms in hal_console_read), answers, passes output on. Takes up to about
   20 ms, apart from erasing flash and from what a command asks of the app. */
enum mote_shell_wish mote_shell_step(struct mote_shell *shell);

#endif

/* The text console: a prompt, a line editor, and the job that the last line began. While a run is in the foreground, lines are its input. */
#ifndef SHELL_TERMINAL_H
#define SHELL_TERMINAL_H

#include "shell/command.h"
#include "shell/editor.h"

struct mote_terminal {
    struct mote_line *line;
    bool is_busy;        /* with `job` */
    uint8_t wants_reset; /* enum mote_wants: a command asked for it */
    struct mote_editor editor;
    struct mote_job job;
};

/* Greets and shows the prompt. What is pointed to stays the caller's. */
void mote_terminal_init(struct mote_terminal *terminal, struct mote_line *line, struct mote_app *app, struct mote_vfs *files);
/* A byte that somebody typed. */
void mote_terminal_key(struct mote_terminal *terminal, uint8_t key);
/* Nobody will type any more. */
void mote_terminal_end(struct mote_terminal *terminal);
/* Prints what there is to print and room for. */
void mote_terminal_step(struct mote_terminal *terminal);

#endif

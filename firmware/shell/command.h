/* Commands of the console, and what running one is: a job, which prints a page at a time, so that no command keeps the device busy. The same jobs serve SMP's
   shell group. */
#ifndef SHELL_COMMAND_H
#define SHELL_COMMAND_H

#include "app/app.h"
#include "base/config.h"
#include "base/text.h"

struct mote_vfs;

enum mote_wants { MOTE_WANTS_RESET = 1, MOTE_WANTS_FORMAT = 3 }; /* an empty file system, which begins with a reset */

#define MOTE_PAGE_BYTES 200
#define MOTE_JOB_BYTES CONFIG_SHELL_LINE_BYTES
#define MOTE_JOB_ARGS 16

/* What a round of a command prints. */
struct mote_page {
    struct mote_text text; /* over the bytes below */
    char bytes[MOTE_PAGE_BYTES + 1];
};

struct mote_job {
    struct mote_app *app;
    struct mote_vfs *files;           /* NULL: none */
    const struct mote_command *command;
    uint32_t round;                   /* from 0 */
    uint32_t at;                      /* the command's own: how far it is */
    uint32_t run;                     /* the run in the foreground; 0: none */
    bool is_on_console;               /* somebody can type input for a run */
    uint8_t wants_reset;              /* enum mote_wants, of the device, when the command is over */
    bool wants_line;                  /* the page begins a line */
    uint8_t status;                   /* 0: all well */
    uint8_t argc;
    const char *argv[MOTE_JOB_ARGS];  /* argv[0] is the command's name; the texts follow each other in `text` */
    char text[MOTE_JOB_BYTES];
};

/* Prints one page; whether there is more to come. */
typedef bool (*mote_command_round)(struct mote_job *job, struct mote_text *page);

struct mote_command {
    const char *name;
    const char *args;        /* for people: "NAME [ARG...]" */
    const char *help;
    uint8_t arg_min, arg_max; /* behind the name */
    mote_command_round round;
};

/* The commands of one file; the build lists them (registry COMMAND_GROUP). */
struct mote_command_group {
    const struct mote_command *commands;
    uint32_t count;
};

/* Begins a job: `is_on_console`, app and files are set by the caller. An argument is added to its command line; false when there are too many or they are too
   long. */
void mote_job_begin(struct mote_job *job);
bool mote_job_add(struct mote_job *job, const char *arg, size_t length);
/* Adds the words of a line; text in quotes is one word. False also when a quote is missing. */
bool mote_job_add_line(struct mote_job *job, const char *line);
/* Runs the next round; whether there is another. */
bool mote_job_round(struct mote_job *job, struct mote_page *page);
size_t mote_page_size(const struct mote_page *page);

/* Command number i of all; NULL past the last. */
const struct mote_command *mote_command_at(uint32_t i);

/* For commands. */
bool mote_job_fail(struct mote_job *job, struct mote_text *page, const char *what, const char *why); /* prints "what: why"; false */
bool mote_job_check(struct mote_job *job, struct mote_text *page, const char *what, enum mote_error error); /* the same unless NONE; false */
bool mote_parse_number(const char *text, uint32_t *number); /* decimal */

#endif

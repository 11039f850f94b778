/* Calling an export by name, as --invoke does, and running a program from its start. */
#ifndef MOTERT_INVOKE_H
#define MOTERT_INVOKE_H

#include "motert_options.h"
#include "mote.h"
#include "mote_wasi.h"

/* Where a call happens. */
struct motert_target {
    const struct motert_options *options;
    struct mote_instance *instance;
    struct mote_agent *agent;
    const struct mote_wasi *wasi;
};

/* Calls the export of --invoke with the command line's arguments and prints its results. Returns the status. */
int motert_invoke(const struct motert_target *target);
/* Runs _start. Returns the status: the guest's own if it ended itself. */
int motert_start(const struct motert_target *target);
/* After a call or an instantiation ended with a trap: reports it, unless the guest ended itself. Returns the status. */
int motert_ended(const struct motert_target *target);

#endif

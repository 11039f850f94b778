/* From a module's bytes to an exit status. */
#ifndef MOTERT_RUN_H
#define MOTERT_RUN_H

#include "motert_file.h"
#include "motert_options.h"

/* Both tell what went wrong on stderr and return the status. */
int motert_validate(const struct motert_options *options, const struct motert_file *file);
int motert_run(const struct motert_options *options, const struct motert_file *file);

#endif

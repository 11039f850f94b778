/* Why something failed: the first failure wins, later ones are its consequences. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "mote.h"

/* Makes `diag` say that nothing failed. */
void mote_diag_init(struct mote_diag *diag);

/* Records a failure unless one is recorded. `detail` follows the error's text after ": "; NULL for none. */
void mote_diag_fail(struct mote_diag *diag, enum mote_error error, uint32_t offset, const char *detail);

#endif

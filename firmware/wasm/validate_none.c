/* Function bodies in a firmware without the validator: native code needs none. */
#include "wasm/validate.h"

bool mote_validate_bodies(struct mote_module *module, struct mote_emit *emit, struct mote_diag *diag)
{
    (void)module, (void)emit;
    mote_diag_fail(diag, MOTE_ERROR_FEATURE_DISABLED, MOTE_NO_INDEX, "the check of function bodies");
    return false;
}

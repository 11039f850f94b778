/* Places in native code. */
#ifndef AOT_NATIVE_FRAMES_H
#define AOT_NATIVE_FRAMES_H

#include "aot/native.h"

/* Makes the place of a fault the one where the agent's run stands. Records the frame of a function that calls nothing, from which only the
   fault's registers lead on. */
void mote_native_begin_at(struct mote_agent *agent, const struct hal_fault *fault);

#endif

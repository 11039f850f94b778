/* Words for the numbers of app.h and the HAL, the same on the console and in the management protocol. */
#ifndef SHELL_WORDS_H
#define SHELL_WORDS_H

#include "app/app.h"
#include "hal/system.h"

const char *mote_run_state_word(enum mote_app_state state);        /* "running" */
const char *mote_upload_word(enum mote_app_upload_phase phase); /* "receiving" */
const char *mote_reset_word(enum hal_reset_reason reason);    /* "power" */
/* Parts of WebAssembly that are switched on, number i from 0; NULL past the last. */
const char *mote_feature_word(uint32_t i);
/* The engines of this firmware, likewise. */
const char *mote_engine_word(uint32_t i);

#endif

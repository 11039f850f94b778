/* Words for numbers; see words.h. */
#include "shell/words.h"

#include "base/config.h"
#include "base/text.h"

const char *mote_run_state_word(enum mote_app_state state)
{
    return mote_text_at("none\0running\0exited\0trapped\0stopped\0faulted\0waiting", state);
}

const char *mote_upload_word(enum mote_app_upload_phase phase)
{
    return mote_text_at("none\0receiving\0preparing\0done\0failed", phase);
}

const char *mote_reset_word(enum hal_reset_reason reason)
{
    return mote_text_at("power\0software\0watchdog\0fault", reason);
}

/* Row i of those that are enabled. */
static const char *enabled_row(const char *names, const uint8_t *enabled, uint32_t count, uint32_t i)
{
    for (uint32_t row = 0; row < count; row++) {
        if (enabled[row] && i-- == 0) {
            return mote_text_at(names, row);
        }
    }
    return NULL;
}

const char *mote_feature_word(uint32_t i)
{
#define FEATURE(name, text, enabled) text "\0"
    static const char names[] =
#include "tables/features.def"
        ;
#undef FEATURE
#define FEATURE(name, text, enabled) (enabled),
    static const uint8_t enabled[] = {
#include "tables/features.def"
    };
#undef FEATURE
    return enabled_row(names, enabled, sizeof enabled, i);
}

const char *mote_engine_word(uint32_t i)
{
    static const uint8_t enabled[] = {ENABLED(CONFIG_ENGINE_NATIVE), ENABLED(CONFIG_ENGINE_INTERP)};
    return enabled_row("native\0interpreter", enabled, sizeof enabled, i);
}

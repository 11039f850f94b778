/* Our own mistakes: checked where CONFIG_ASSERT is on, assumed to be absent otherwise. */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#include "base/config.h"

/* Defined by the port (hal/system.h); declared here so that base needs no hal. */
_Noreturn void hal_system_panic(const char *file, int line, const char *what);

#define MOTE_ASSERT(condition) \
    ((void)(!ENABLED(CONFIG_ASSERT) || (condition) || (hal_system_panic(__FILE__, __LINE__, #condition), 0)))

#endif

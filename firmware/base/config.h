/* The one way from Kconfig to C: what .config says, and ENABLED() to ask about it. Always write an option's name out in
   full (never paste it together): the build looks for the names to know which files depend on which option. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "autoconf.h" /* written by the build: CONFIG_X is 1 or not defined; numbers and strings are as in .config */

/* ENABLED(CONFIG_X) is 1 when the option is on and 0 when it is off, in C expressions and in #if. An option that is on
   expands to 1, which makes the pasted name below a known one that brings a comma and so moves the 1 to the second place. */
#define ENABLED(option) ENABLED_EXPAND_(option)
#define ENABLED_EXPAND_(value) ENABLED_PICK_(ENABLED_MOVE_##value)
#define ENABLED_MOVE_1 0,
#define ENABLED_PICK_(moved) ENABLED_SECOND_(moved 1, 0, 0)
#define ENABLED_SECOND_(first, second, ...) second

#endif

/* How much of the machine's stack was ever used. */
#ifndef BARE_STACK_H
#define BARE_STACK_H

#include <stdint.h>

/* Fills what is not in use with a pattern; stack_used_bytes says how much was overwritten since, with what was in use then. */
void stack_paint(void);
uint32_t stack_used_bytes(void);

#endif

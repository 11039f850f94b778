/* Memory protection by the CPU's own unit (PMP, MPU), as board.json describes the memory: code and constants in flash can be executed and not written, all else can be
   written and not executed, and below each stack lies a piece that nobody may touch. protect_riscv.c and protect_thumb.c. */
#ifndef BARE_PROTECT_H
#define BARE_PROTECT_H

#include <stdint.h>

#include "base/config.h"

/* Turns protection on, for good. */
void protect_init(void);

/* From now on the thread whose stack begins at `stack`, a multiple of PROTECT_ALIGN, runs; 0: the main thread. PROTECT_GUARD_BYTES from there on
   are out of bounds. In a trap handler. */
#define PROTECT_GUARD_BYTES CONFIG_BARE_GUARD_BYTES
#define PROTECT_ALIGN (ENABLED(CONFIG_ARCH_THUMB) || PROTECT_GUARD_BYTES > 128 ? PROTECT_GUARD_BYTES : 16)
void protect_stack(uintptr_t stack);

/* Between these calls the main thread may write to the partitions as if they were RAM (drivers of flash that is written by stores). */
void protect_open_flash(void);
void protect_close_flash(void);

#endif

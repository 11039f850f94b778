/* Executed instructions, exact when an emulator counts them (board.json, "counting"); otherwise a time or nothing useful. */
#ifndef BARE_COUNT_H
#define BARE_COUNT_H

#include <stdint.h>

/* A moment in the CPU's or the timer's own unit. */
uint64_t count_now(void);

/* Instructions between two moments, those of asking included. */
uint64_t count_between(uint64_t from, uint64_t to);

#endif

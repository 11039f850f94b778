/* Parts of threads.elf, which tries threads, protection and resets of the bare port on a board; see test_threads.py. */
#ifndef BOARD_THREADS_H
#define BOARD_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "hal/thread.h"

#define STACK_BYTES (2048 + 2 * CONFIG_BARE_GUARD_BYTES)
#define MS 1000000u

/* Starts run(user) on stack 0 or 1, with bytes before and behind it that show whether anybody wrote there. */
struct hal_thread *start_on(uint32_t number, void (*run)(void *user), void *user);
bool is_stack_alone(uint32_t number);
uintptr_t stack_address(uint32_t number);

/* One line: "<what>: right" or "<what>: wrong". */
void report(const char *what, bool is_right);

/* By threads_fault.c: things that a thread may not do, and what becomes of it. */
void try_faults(void);

/* By threads_reset.c: obeys a command that ends the program or asks how it began; false when it is no such command. */
bool obey_reset(const char *verb, uint64_t number);

#endif

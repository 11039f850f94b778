/* Threads, and the one lock. The *main thread* is the one that called main: it serves people and clients. On a machine without an operating
   system it runs whenever it does not wait, and the other threads share the rest of the time in slices of a few milliseconds.

   The lock guards all that threads share: the firmware's memory, streams, files, the store. The main thread holds it always, except while it
   waits in hal_console_read or hal_clock_sleep_ns, which give it away meanwhile, whoever calls them and however often it is held. Other threads
   take it for what they share, for short. Wasm code runs without it. On a machine without an operating system the lock is a counter: whoever holds
   it keeps the processor. */
#ifndef HAL_THREAD_H
#define HAL_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "hal/pages.h"

struct hal_thread;

/* Starts run(user) on a new thread. `stack` is memory for its machine stack and for the port's own record of it, aligned to 16; it stays the
   caller's and must not be touched until hal_thread_free. (An operating system may use a stack of its own.) NULL when the machine has
   no thread to spare or `size` is too small. Main thread. */
struct hal_thread *hal_thread_start(void *stack, size_t size, void (*run)(void *user), void *user);

enum hal_thread_state {
    HAL_THREAD_RUNS,
    HAL_THREAD_ENDED,   /* run returned */
    HAL_THREAD_FAULTED, /* the machine refused something that it did; it was ended there */
};

/* Bytes of that memory which the stack cannot have: the port's record, and a guard where the machine has one. */
size_t hal_thread_own_bytes(void);

/* Gives a thread a name, which a report of a fault of the firmware then has; it stays the caller's. Main thread. */
void hal_thread_name(struct hal_thread *thread, const char *name);

/* What has become of a thread; `fault` (may be NULL) says where it faulted. Main thread. */
enum hal_thread_state hal_thread_state(const struct hal_thread *thread, struct hal_fault *fault);

/* Lets go of a thread. One that still runs is ended wherever it is, unless it holds the lock; false when that cannot be done here: then
   it must end by itself first. Main thread. */
bool hal_thread_free(struct hal_thread *thread);

/* Bytes of the stack given to hal_thread_start that were never used; 0 when the port cannot tell. */
size_t hal_thread_stack_unused(const struct hal_thread *thread);

/* The lock. The thread that holds it may take it again. No interrupt. */
void hal_lock(void);
void hal_unlock(void);

/* Ends the main thread's waiting in hal_console_read or hal_clock_sleep_ns early. Any thread, any interrupt. */
void hal_thread_wake(void);

#endif

/* What the files of this port share about the lock: waiting without it. */
#ifndef THREAD_LOCK_H
#define THREAD_LOCK_H

#include <stdint.h>

/* Waits until `fd` (negative: none) is ready for `events` or the main thread is woken, with the lock given away; what poll says of the fd, 0 when
   nothing happened. */
short thread_wait(int fd, short events, uint64_t timeout_ns);

#endif

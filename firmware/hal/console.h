/* The three standard streams of the machine: a terminal, a pipe, a UART. Callable from any task, not from an interrupt. */
#ifndef HAL_CONSOLE_H
#define HAL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hal_console_stream { HAL_CONSOLE_IN, HAL_CONSOLE_OUT, HAL_CONSOLE_ERR };

/* Writes up to `size` bytes; returns how many were taken (at least 1, less than size is a short write), or -1 when the stream is
   closed or broken. Blocks while the stream is full, but not longer than 5 ms without progress: then returns 0. */
intptr_t hal_console_write(enum hal_console_stream stream, const void *data, size_t size);

/* Reads up to `size` bytes (at least 1); returns how many, 0 at the end of the stream, -1 on error, or
   HAL_CONSOLE_AGAIN when nothing came within 5 ms. */
#define HAL_CONSOLE_AGAIN (-2)
intptr_t hal_console_read(void *data, size_t size);

/* Whether the stream is an interactive terminal. */
bool hal_console_is_terminal(enum hal_console_stream stream);

#endif

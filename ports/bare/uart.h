/* What a driver of a UART offers to console.c. Nothing here blocks. */
#ifndef BARE_UART_H
#define BARE_UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_init(void);

/* Hands a byte to the transmitter; false when it is busy. */
bool uart_put(uint8_t byte);

/* Takes a received byte; false when there is none. */
bool uart_get(uint8_t *byte);

#endif

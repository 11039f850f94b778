/* What a driver of a UART offers to console.c, which has the buffers, and what it finds there. Nothing here blocks. */
#ifndef BARE_UART_H
#define BARE_UART_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the UART sends, receives and interrupts (interrupts_enable). Interrupts are off. */
void uart_init(void);

/* Hands a byte to the transmitter; false when it is busy. While console_next_byte has none, or with interrupts off. */
bool uart_put(uint8_t byte);

/* Has uart_interrupt called as soon as the transmitter has room, also when it has some already. */
void uart_send(void);

/* Takes what was received, or has uart_interrupt called for it; from uart_init on, and again after the driver left bytes since console_has_room said no. */
void uart_receive(void);

/* The driver's part of an interrupt, false when the number is not its. Gives what was received to console_put_byte while console_has_room; fills the
   transmitter from console_next_byte, and when that has no more asks for no more interrupts of that kind. */
bool uart_interrupt(uint32_t number);

/* By console.c, for uart_interrupt alone. */
bool console_has_room(void);
void console_put_byte(uint8_t byte);
bool console_next_byte(uint8_t *byte);

#endif

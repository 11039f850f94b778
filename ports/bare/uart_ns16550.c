/* The NS16550 UART; registers one byte apart. An emulated one needs no line settings. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"
#include "uart.h"

#define DATA byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0)
#define INTERRUPTS byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 1)
#define FIFO byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 2)
#define LINE_STATUS byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 5)

#define FIFO_ON 0xC1u /* an interrupt for 14 bytes, or when no more have come for the time of four */
#define FIFO_BYTES 16
#define ON_RECEIVED 0x01u
#define ON_EMPTY 0x02u
#define RECEIVED 0x01u
#define TRANSMITTER_EMPTY 0x20u

bool uart_put(uint8_t byte)
{
    if (!(*LINE_STATUS & TRANSMITTER_EMPTY)) {
        return false;
    }
    *DATA = byte;
    return true;
}

/* Only interrupts take a bit away, and they come between any two of these instructions: at worst a bit is back, and its interrupt comes in vain. */
void uart_send(void)
{
    *INTERRUPTS |= ON_EMPTY;
}

void uart_receive(void)
{
    *INTERRUPTS |= ON_RECEIVED;
}

static void receive(void)
{
    while (*LINE_STATUS & RECEIVED) {
        if (!console_has_room()) {
            *INTERRUPTS &= (uint8_t)~ON_RECEIVED;
            return;
        }
        console_put_byte(*DATA);
    }
}

void uart_init(void)
{
    receive(); /* turning the FIFO on empties it */
    *FIFO = FIFO_ON;
    *INTERRUPTS = ON_RECEIVED;
    interrupts_enable(CONFIG_BARE_CONSOLE_INTERRUPT);
}

static void transmit(void)
{
    uint8_t byte;
    for (uint32_t i = 0; i < FIFO_BYTES; i++) {
        if (!console_next_byte(&byte)) {
            *INTERRUPTS &= (uint8_t)~ON_EMPTY;
            return;
        }
        *DATA = byte;
    }
}

bool uart_interrupt(uint32_t number)
{
    if (number != CONFIG_BARE_CONSOLE_INTERRUPT) {
        return false;
    }
    receive();
    if (*LINE_STATUS & TRANSMITTER_EMPTY) {
        transmit();
    }
    return true;
}

/* The NS16550 UART, polled; registers one byte apart. An emulated one needs no line settings. */
#include "base/config.h"
#include "registers.h"
#include "uart.h"

#define DATA byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0)
#define INTERRUPTS byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 1)
#define FIFO byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 2)
#define LINE_STATUS byte_register_at(CONFIG_BARE_CONSOLE_ADDRESS, 5)

#define FIFO_ON 0x01u
#define RECEIVED 0x01u
#define TRANSMITTER_EMPTY 0x20u

void uart_init(void)
{
    *INTERRUPTS = 0;
    *FIFO = FIFO_ON;
}

bool uart_put(uint8_t byte)
{
    if (!(*LINE_STATUS & TRANSMITTER_EMPTY)) {
        return false;
    }
    *DATA = byte;
    return true;
}

bool uart_get(uint8_t *byte)
{
    if (!(*LINE_STATUS & RECEIVED)) {
        return false;
    }
    *byte = *DATA;
    return true;
}

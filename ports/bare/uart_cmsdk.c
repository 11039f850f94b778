/* The UART of Arm's Cortex-M System Design Kit, polled. */
#include "base/config.h"
#include "registers.h"
#include "uart.h"

#define DATA register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x00)
#define STATE register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x04)
#define CONTROL register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x08)
#define DIVIDER register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x10)

#define TRANSMITTER_FULL 0x1u
#define RECEIVED 0x2u
#define BOTH_ON 0x3u
#define SMALLEST_DIVIDER 16u

void uart_init(void)
{
    *DIVIDER = SMALLEST_DIVIDER;
    *CONTROL = BOTH_ON;
    (void)*DATA; /* an emulator that had to hold input back looks for room again only after a read */
}

bool uart_put(uint8_t byte)
{
    if (*STATE & TRANSMITTER_FULL) {
        return false;
    }
    *DATA = byte;
    return true;
}

bool uart_get(uint8_t *byte)
{
    if (!(*STATE & RECEIVED)) {
        return false;
    }
    *byte = (uint8_t)*DATA;
    return true;
}

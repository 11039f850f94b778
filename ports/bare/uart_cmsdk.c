/* The UART of Arm's Cortex-M System Design Kit; its transmitter has the interrupt behind its receiver's. */
#include "base/config.h"
#include "interrupts.h"
#include "registers.h"
#include "uart.h"

#define DATA register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x00)
#define STATE register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x04)
#define CONTROL register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x08)
#define INTERRUPT register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x0C)
#define DIVIDER register_at(CONFIG_BARE_CONSOLE_ADDRESS, 0x10)
#define NVIC_PEND(number) register_at(0xE000E200u, 4 * ((number) / 32))

#define ON 0xBu /* both directions; interrupts of the receiver */
#define ON_SENT 0x4u
#define TRANSMITTER_FULL 0x1u
#define RECEIVED 0x2u
#define BOTH 0x3u
#define SMALLEST_DIVIDER 16u

#define RECEIVER CONFIG_BARE_CONSOLE_INTERRUPT
#define TRANSMITTER (CONFIG_BARE_CONSOLE_INTERRUPT + 1)

void uart_init(void)
{
    *DIVIDER = SMALLEST_DIVIDER;
    *CONTROL = ON;
    (void)*DATA; /* an emulator that had to hold input back looks for room again only after a read */
    interrupts_enable(RECEIVER);
    interrupts_enable(TRANSMITTER);
}

bool uart_put(uint8_t byte)
{
    if (*STATE & TRANSMITTER_FULL) {
        return false;
    }
    *DATA = byte;
    return true;
}

/* The UART tells of changes only; what is so already is told in its place. */
void uart_send(void)
{
    *CONTROL = ON | ON_SENT;
    *NVIC_PEND(TRANSMITTER) = 1u << TRANSMITTER % 32;
}

void uart_receive(void)
{
    *NVIC_PEND(RECEIVER) = 1u << RECEIVER % 32;
}

static void transmit(void)
{
    uint8_t byte;
    while (!(*STATE & TRANSMITTER_FULL)) {
        if (!console_next_byte(&byte)) {
            *CONTROL = ON;
            return;
        }
        *DATA = byte;
    }
}

bool uart_interrupt(uint32_t number)
{
    if (number != RECEIVER && number != TRANSMITTER) {
        return false;
    }
    *INTERRUPT = BOTH;
    while (*STATE & RECEIVED && console_has_room()) {
        console_put_byte((uint8_t)*DATA);
    }
    transmit();
    return true;
}

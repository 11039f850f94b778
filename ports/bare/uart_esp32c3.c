/* A UART of the ESP32-C3, clocked by the crystal of 40 MHz, 8 bits without parity. Receiving goes on while flash is busy: its code lies in RAM. */
#include "base/config.h"
#include "esp32c3.h"
#include "interrupts.h"
#include "ram_code.h"
#include "registers.h"
#include "thread.h"
#include "uart.h"

#define UART CONFIG_BARE_CONSOLE_ADDRESS
#define FIFO register_at(UART, 0x00)
#define INTERRUPT_ENABLE register_at(UART, 0x0C)
#define INTERRUPT_CLEAR register_at(UART, 0x10)
#define CLOCK_DIVIDER register_at(UART, 0x14)
#define STATUS register_at(UART, 0x1C)
#define CONF1 register_at(UART, 0x24)
#define MEMORY_CONF register_at(UART, 0x60)
#define CLOCK_CONF register_at(UART, 0x78)
#define ID register_at(UART, 0x80)

#define ON_FULL 0x001u     /* more than FULL_AT received */
#define ON_EMPTY 0x002u    /* less than EMPTY_AT to send */
#define ON_OVERFLOW 0x010u
#define ON_SILENCE 0x100u  /* something received, and nothing more for SILENCE_BITS */
#define ON_RECEIVED (ON_FULL | ON_OVERFLOW | ON_SILENCE)

#define FIFO_BYTES 128u
#define RECEIVED (*STATUS & 0x3FF)
#define TO_SEND (*STATUS >> 16 & 0x3FF)
#define FULL_AT 32u
#define EMPTY_AT 32u
#define SILENCE_ON (1u << 21)
#define SILENCE_BITS 20u

#define CRYSTAL_HZ 40000000u
#define DIVIDER_16 (CRYSTAL_HZ * 16u / CONFIG_BARE_CONSOLE_BAUD) /* in sixteenths */
#define CLOCK_IS_CRYSTAL (3u << 20)
#define CLOCKS_ON (1u << 25 | 1u << 24 | 1u << 22)
#define UPDATE (1u << 31)

void uart_init(void)
{
    *INTERRUPT_ENABLE = 0;
    *CLOCK_CONF = CLOCKS_ON | CLOCK_IS_CRYSTAL;
    *CLOCK_DIVIDER = DIVIDER_16 >> 4 | (DIVIDER_16 & 15) << 20;
    *CONF1 = FULL_AT | EMPTY_AT << 9 | SILENCE_ON;
    *MEMORY_CONF = (*MEMORY_CONF & ~(0x3FFu << 16)) | SILENCE_BITS << 16;
    *ID |= UPDATE;
    while (*ID & UPDATE) {
    }
    *INTERRUPT_CLEAR = UINT32_MAX;
    *INTERRUPT_ENABLE = ON_RECEIVED;
    interrupts_enable(CONFIG_BARE_CONSOLE_INTERRUPT);
}

bool uart_put(uint8_t byte)
{
    if (TO_SEND >= FIFO_BYTES - 1) {
        return false;
    }
    *FIFO = byte;
    return true;
}

/* Only interrupts take a bit away, and they come between any two of these instructions: at worst a bit is back, and its interrupt comes in vain. */
void uart_send(void)
{
    *INTERRUPT_ENABLE |= ON_EMPTY;
}

RAM_CODE void esp32c3_console_receive(void)
{
    while (RECEIVED > 0) {
        if (!console_has_room()) {
            *INTERRUPT_ENABLE &= ~ON_RECEIVED;
            break;
        }
        console_put_byte((uint8_t)*FIFO);
    }
    *INTERRUPT_CLEAR = ON_RECEIVED;
}

/* What lies in the FIFO is taken here: silence has been told of, and is not told of again. */
void uart_receive(void)
{
    bool were_on = thread_interrupts_off();
    *INTERRUPT_ENABLE |= ON_RECEIVED;
    esp32c3_console_receive();
    if (were_on) {
        thread_interrupts_on();
    }
}

static void transmit(void)
{
    uint8_t byte;
    while (TO_SEND < FIFO_BYTES - 1) {
        if (!console_next_byte(&byte)) {
            *INTERRUPT_ENABLE &= ~ON_EMPTY;
            break;
        }
        *FIFO = byte;
    }
    *INTERRUPT_CLEAR = ON_EMPTY;
}

bool uart_interrupt(uint32_t number)
{
    if (number != CONFIG_BARE_CONSOLE_INTERRUPT) {
        return false;
    }
    esp32c3_console_receive();
    if (*INTERRUPT_ENABLE & ON_EMPTY) {
        transmit();
    }
    return true;
}

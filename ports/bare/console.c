/* The three standard streams on one UART, with a buffer for each direction between threads and the UART's interrupt. A line feed goes out as it is; a carriage
   return comes in as it is. */
#include "console.h"

#include "base/config.h"
#include "clock.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "ram_code.h"
#include "thread.h"
#include "uart.h"

#define PATIENCE_NS 5000000u
#define RECEIVE CONFIG_BARE_CONSOLE_RECEIVE_BYTES
#define SEND CONFIG_BARE_CONSOLE_SEND_BYTES

_Static_assert((RECEIVE & (RECEIVE - 1)) == 0 && RECEIVE <= 32768, "BARE_CONSOLE_RECEIVE_BYTES must be a power of two");
_Static_assert((SEND & (SEND - 1)) == 0 && SEND <= 32768, "BARE_CONSOLE_SEND_BYTES must be a power of two");

/* Counts of bytes that went in and out, modulo 65536: one side writes the one, the other side the other. */
struct counts {
    volatile uint16_t in, out;
};

static struct counts received, sent;
static uint8_t received_bytes[RECEIVE], sent_bytes[SEND];
static volatile bool was_full; /* the driver left bytes in the UART */

static uint16_t held(const struct counts *counts)
{
    return (uint16_t)(counts->in - counts->out);
}

/* ---- For the driver's interrupt ------------------------------------------------------------------------------------ */

RAM_CODE bool console_has_room(void)
{
    bool is_full = held(&received) == RECEIVE;
    was_full = was_full || is_full;
    return !is_full;
}

RAM_CODE void console_put_byte(uint8_t byte)
{
    received_bytes[received.in % RECEIVE] = byte;
    received.in = (uint16_t)(received.in + 1);
}

bool console_next_byte(uint8_t *byte)
{
    if (held(&sent) == 0) {
        return false;
    }
    *byte = sent_bytes[sent.out % SEND];
    sent.out = (uint16_t)(sent.out + 1);
    return true;
}

/* ---- For threads --------------------------------------------------------------------------------------------------- */

bool console_has_input(void)
{
    return held(&received) > 0;
}

void console_flush(void)
{
    bool were_on = thread_interrupts_off();
    for (uint8_t byte; console_next_byte(&byte);) {
        while (!uart_put(byte)) {
        }
    }
    if (were_on) {
        thread_interrupts_on();
    }
}

/* Straight to the transmitter as long as nothing waits. */
static bool put(uint8_t byte)
{
    if (held(&sent) == 0 && uart_put(byte)) {
        return true;
    }
    if (held(&sent) == SEND) {
        return false;
    }
    sent_bytes[sent.in % SEND] = byte;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    sent.in = (uint16_t)(sent.in + 1);
    uart_send();
    return true;
}

static bool put_patiently(uint8_t byte)
{
    if (put(byte)) {
        return true;
    }
    for (uint64_t end_ns = hal_clock_now_ns() + PATIENCE_NS; hal_clock_now_ns() < end_ns;) {
        if (put(byte)) {
            return true;
        }
    }
    return false;
}

intptr_t hal_console_write(enum hal_console_stream stream, const void *data, size_t size)
{
    (void)stream;
    const uint8_t *bytes = data;
    size_t count = 0;
    while (count < size && put_patiently(bytes[count])) {
        count++;
    }
    return (intptr_t)count;
}

intptr_t hal_console_read(void *data, size_t size)
{
    uint8_t *bytes = data;
    size_t count = 0;
    if (!console_has_input()) {
        thread_wait(WAIT_CONSOLE, clock_ticks_after(PATIENCE_NS));
    }
    while (count < size && console_has_input()) {
        bytes[count++] = received_bytes[received.out % RECEIVE];
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        received.out = (uint16_t)(received.out + 1);
    }
    if (was_full && count > 0) {
        was_full = false;
        uart_receive();
    }
    return count > 0 ? (intptr_t)count : HAL_CONSOLE_AGAIN;
}

bool hal_console_is_terminal(enum hal_console_stream stream)
{
    (void)stream;
    return true;
}

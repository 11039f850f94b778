/* The three standard streams on one UART. A line feed goes out as it is; a carriage return comes in as it is. */
#include "hal/console.h"

#include "hal/clock.h"
#include "uart.h"

#define PATIENCE_NS 5000000u

/* Waits until step() succeeds, at most 5 ms; false when it did not. */
static bool wait_for(bool (*step)(uint8_t *byte), uint8_t *byte)
{
    if (step(byte)) {
        return true;
    }
    uint64_t end_ns = hal_clock_now_ns() + PATIENCE_NS;
    do {
        if (step(byte)) {
            return true;
        }
    } while (hal_clock_now_ns() < end_ns);
    return false;
}

static bool put(uint8_t *byte)
{
    return uart_put(*byte);
}

intptr_t hal_console_write(enum hal_console_stream stream, const void *data, size_t size)
{
    (void)stream;
    const uint8_t *bytes = data;
    size_t count = 0;
    for (uint8_t byte; count < size; count++) {
        byte = bytes[count];
        if (!wait_for(put, &byte)) {
            break;
        }
    }
    return (intptr_t)count;
}

intptr_t hal_console_read(void *data, size_t size)
{
    uint8_t *bytes = data;
    if (!wait_for(uart_get, bytes)) {
        return HAL_CONSOLE_AGAIN;
    }
    size_t count = 1;
    while (count < size && uart_get(&bytes[count])) {
        count++;
    }
    return (intptr_t)count;
}

bool hal_console_is_terminal(enum hal_console_stream stream)
{
    (void)stream;
    return true;
}

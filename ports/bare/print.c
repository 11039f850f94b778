/* Formatting of what the port itself says. */
#include "print.h"

#include "console.h"
#include "uart.h"

static void print_byte(char byte)
{
    console_flush();
    while (!uart_put((uint8_t)byte)) {
    }
}

void print(const char *text)
{
    while (*text) {
        print_byte(*text++);
    }
}

void print_bytes(const char *text, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        print_byte(text[i]);
    }
}

static void print_digits(uint64_t number, uint32_t base)
{
    char digits[21];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    print(at);
}

void print_number(uint64_t number)
{
    print_digits(number, 10);
}

void print_hex(uint64_t number)
{
    print("0x");
    print_digits(number, 16);
}

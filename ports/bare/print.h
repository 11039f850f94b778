/* Texts and numbers for the console, complete and in order; for what the port itself has to say. Main thread, or a trap handler. */
#ifndef BARE_PRINT_H
#define BARE_PRINT_H

#include <stdint.h>

void print(const char *text);
void print_bytes(const char *text, uint32_t size);
void print_number(uint64_t number);
void print_hex(uint64_t number); /* with 0x */

#endif

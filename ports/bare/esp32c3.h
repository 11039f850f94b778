/* What the drivers of the ESP32-C3 share. Register names are those of its Technical Reference Manual. */
#ifndef BARE_ESP32C3_H
#define BARE_ESP32C3_H

#include <stdint.h>

/* Interrupts: sources by their numbers in the interrupt matrix, each with a line of the CPU of its own. */
#define ESP32C3_THRESHOLD_ALL 1u     /* every interrupt comes */
#define ESP32C3_THRESHOLD_CONSOLE 2u /* only the console's, whose code lies in RAM */

/* Returns the threshold there was before. */
uint32_t esp32c3_set_threshold(uint32_t threshold);

/* Takes what the console has received out of its FIFO. Lies in RAM, and calls only what lies there. */
void esp32c3_console_receive(void);

#endif

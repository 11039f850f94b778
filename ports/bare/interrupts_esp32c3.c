/* The interrupt matrix of the ESP32-C3: 62 sources, each of which can be led to one of the CPU's 31 lines. A line's number is what mcause says. */
#include "base/config.h"
#include "esp32c3.h"
#include "interrupts.h"
#include "registers.h"

#define LINE_OF(source) register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 4 * (source))
#define ENABLE register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x104)
#define TYPE register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x108)
#define PRIORITY(line) register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x114 + 4 * (line))
#define THRESHOLD register_at(CONFIG_BARE_INTERRUPTS_ADDRESS, 0x194)

#define LINES_MAX 3 /* start_riscv.c has an entry for each line, flash_esp32c3.c for these */

static uint8_t sources[LINES_MAX + 1]; /* of the lines, which begin with 1 */
static uint32_t line_count;

void interrupts_init(void)
{
    *ENABLE = 0;
    *TYPE = 0; /* by level */
    *THRESHOLD = ESP32C3_THRESHOLD_ALL;
}

void interrupts_enable(uint32_t number)
{
    uint32_t line = ++line_count;
    sources[line] = (uint8_t)number;
    *LINE_OF(number) = line;
    *PRIORITY(line) = number == CONFIG_BARE_CONSOLE_INTERRUPT ? ESP32C3_THRESHOLD_CONSOLE : ESP32C3_THRESHOLD_ALL;
    *ENABLE |= 1u << line;
}

bool interrupts_handle(uint32_t cause)
{
    return cause > 0 && cause <= line_count && interrupts_serve(sources[cause]);
}

uint32_t esp32c3_set_threshold(uint32_t threshold)
{
    uint32_t before = *THRESHOLD;
    *THRESHOLD = threshold;
    return before;
}

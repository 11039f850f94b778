/* What the trap handlers of ports/bare do, on a board: commands on the console, see test_board.py. */
#include <stddef.h>

#include "../../ports/bare/bench_command.h"
#include "../../ports/bare/boot.h"
#include "../../ports/bare/mem.h"
#include "../../ports/bare/misaligned.h"
#include "../../ports/bare/print.h"
#include "forms.h"
#include "hal/clock.h"

#define AREA_BYTES 80
#define VALUE 0x87A6C5E4u

static uint8_t area[AREA_BYTES] __attribute__((aligned(8)));

static void fill(uint8_t *bytes)
{
    for (uint32_t i = 0; i < AREA_BYTES; i++) {
        bytes[i] = (uint8_t)(0x91 + i * 37);
    }
}

static uint32_t word_at(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = size; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

static void put_at(uint8_t *bytes, uint32_t size, uint32_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

/* What a form must return, with `bytes` changed as it must change memory. */
static uint32_t expected(const struct form *form, uint8_t *bytes, uint32_t at)
{
    uint32_t first = word_at(bytes + at, form->size);
    switch (form->kind) {
    case FORM_LOAD: return first;
    case FORM_LOAD_SIGNED: return (uint32_t)(int32_t)(int16_t)first;
    case FORM_LOAD_PAIR: return first - word_at(bytes + at + 4, 4);
    case FORM_STORE_PAIR: put_at(bytes + at + 4, 4, VALUE + 1); break;
    case FORM_STORE: break;
    }
    put_at(bytes + at, form->size, VALUE);
    return VALUE;
}

/* By the decoder alone, as if the form had trapped at its first instruction. */
static bool emulate(const struct form *form, uint8_t *base, uint32_t *result)
{
    struct trap_registers registers = {.pc = (uintptr_t)form->run};
    registers.r[10] = (uintptr_t)base;
    registers.r[11] = VALUE;
    bool is_done = misaligned_emulate(&registers);
    *result = (uint32_t)registers.r[11];
    return is_done && registers.pc == (uintptr_t)form->run + form->length;
}

static bool try_form(const struct form *form, uint32_t shift, bool by_decoder)
{
    uint8_t wanted_area[AREA_BYTES];
    fill(area);
    fill(wanted_area);
    uint32_t wanted = expected(form, wanted_area, shift + form->offset), result = 0;
    if (by_decoder && (shift + form->offset) % form->size == 0) {
        return !emulate(form, area + shift, &result); /* nothing is wrong with it */
    }
    if (by_decoder) {
        return emulate(form, area + shift, &result) && result == wanted && memcmp(area, wanted_area, AREA_BYTES) == 0;
    }
    return form->run(area + shift, VALUE) == wanted && memcmp(area, wanted_area, AREA_BYTES) == 0;
}

static void report(const struct form *form, uint32_t shift, bool is_right)
{
    if (!is_right) {
        print("wrong: ");
        print(form->text);
        print(" at +");
        print_number(shift);
        print("\n");
    }
}

static void try_forms(void)
{
    uint32_t count = 0;
    forms_prepare();
    for (const struct form *form = forms; form->text; form++) {
        for (uint32_t shift = 0; shift < 4; shift++, count++) {
            report(form, shift, try_form(form, shift, false));
            if (form->length) {
                report(form, shift, try_form(form, shift, true));
            }
        }
    }
    print_number(count);
    print(" misaligned accesses tried\n");
}

/* Relative to the stack pointer, which nobody can misalign for real: c.lwsp a1, 12(sp) and c.swsp a1, 200(sp). */
static const uint16_t stack_forms[] = {0x45B2, 0xC5AE};

static void try_stack_forms(void)
{
    uint8_t bytes[256];
    memset(bytes, 0x5A, sizeof bytes);
    struct trap_registers registers = {.pc = (uintptr_t)&stack_forms[0]};
    registers.r[2] = (uintptr_t)bytes + 1;
    bool is_done = misaligned_emulate(&registers);
    print(is_done && registers.r[11] == 0x5A5A5A5A ? "c.lwsp right\n" : "c.lwsp wrong\n");
    registers.r[11] = VALUE;
    is_done = misaligned_emulate(&registers);
    print(is_done && word_at(bytes + 1 + 200, 4) == VALUE ? "c.swsp right\n" : "c.swsp wrong\n");
}

static void ring(void *user)
{
    *(volatile uint32_t *)user += 1;
}

/* An alarm of 20 ms rings once, another is stopped in time. */
static void try_alarm(void)
{
    volatile uint32_t rings = 0;
    uint64_t start_ns = hal_clock_now_ns();
    hal_clock_alarm_start(20000000, ring, (void *)&rings);
    hal_clock_sleep_ns(10000000);
    print(rings == 0 ? "quiet at first\n" : "rang too early\n");
    hal_clock_sleep_ns(20000000);
    print(rings == 1 ? "rang once\n" : "did not ring once\n");
    hal_clock_alarm_start(10000000, ring, (void *)&rings);
    hal_clock_alarm_stop();
    hal_clock_sleep_ns(20000000);
    print(rings == 1 ? "was stopped\n" : "was not stopped\n");
    uint64_t passed_ns = hal_clock_now_ns() - start_ns;
    print(passed_ns >= 50000000 && passed_ns < 60000000 ? "50 ms passed\n" : "the clock is wrong\n");
}

static uint32_t overflow(uint32_t depth)
{
    volatile uint8_t frame[256];
    frame[depth % sizeof frame] = (uint8_t)depth;
    return depth == UINT32_MAX ? 0 : overflow(depth + 1) + frame[0];
}

static void obey(const char *verb)
{
    static volatile uint32_t *const nowhere = (volatile uint32_t *)0xF0000000u;
    switch (*verb) {
    case 'm': try_forms(); break;
    case 's': try_stack_forms(); break;
    case 'a': try_alarm(); break;
    case 'r': *nowhere; break;
    case 'w': *nowhere = 1; break;
    case 'i': form_illegal(); break;
    case 'o': print_number(overflow(0)); break;
    default: print("mote: there is no such command\n");
    }
}

int main(void)
{
    struct bench_command command;
    while (bench_command_read(&command)) {
        obey(command.name);
    }
    return 0;
}

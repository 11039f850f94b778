/* Reading commands and printing figures; tools/mote/bench/board_console.py reads what is printed here. */
#include "bench_command.h"

#include "count.h"
#include "hal/console.h"
#include "print.h"

#define CONTROL_D 4

static bool read_line(char *line, uint32_t room)
{
    uint32_t length = 0;
    for (;;) {
        char byte;
        if (hal_console_read(&byte, 1) != 1) {
            continue;
        }
        if (byte == CONTROL_D) {
            return false;
        }
        if (byte == '\r' || byte == '\n') {
            print("\n");
            line[length] = '\0';
            return true;
        }
        if (length + 1 < room) {
            line[length++] = byte;
            print_bytes(&byte, 1);
        }
    }
}

/* Cuts the next word off and returns it, or NULL. */
static char *next_word(char **rest)
{
    while (**rest == ' ') {
        (*rest)++;
    }
    char *word = *rest;
    while (**rest != ' ' && **rest != '\0') {
        (*rest)++;
    }
    if (**rest == ' ') {
        *(*rest)++ = '\0';
    }
    return *word ? word : NULL;
}

static uint64_t number_of(const char *word)
{
    bool is_negative = *word == '-';
    uint64_t number = 0;
    for (word += is_negative; *word >= '0' && *word <= '9'; word++) {
        number = number * 10 + (uint64_t)(*word - '0');
    }
    return is_negative ? 0 - number : number;
}

bool bench_command_read(struct bench_command *command)
{
    do {
        print("> ");
        if (!read_line(command->line, sizeof command->line)) {
            return false;
        }
        char *rest = command->line;
        command->name = next_word(&rest);
        command->count = 0;
        for (char *word; command->count < BENCH_NUMBERS_MAX && (word = next_word(&rest)) != 0;) {
            command->numbers[command->count++] = number_of(word);
        }
    } while (!command->name);
    return true;
}

void bench_print_call(const struct bench_command *command)
{
    print(command->name);
    for (uint32_t i = 0; i < command->count; i++) {
        print(" ");
        print_number(command->numbers[i]);
    }
    print(" = ");
}

void bench_print_count(uint64_t from, uint64_t to)
{
    print(", ");
    print_number(count_between(from, to));
    print(" instructions\n");
}

void bench_print_instructions(const char *name, uint64_t from, uint64_t to)
{
    print(name);
    print(": ");
    print_number(count_between(from, to));
    print(" instructions\n");
}

void bench_print_bytes(const char *name, uint64_t bytes)
{
    print(name);
    print(": ");
    print_number(bytes);
    print(" bytes\n");
}

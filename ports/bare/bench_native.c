/* Measures the C function run() that is linked in from MODULE=, an object file: what the same source takes without WebAssembly. */
#include "bench_command.h"
#include "boot.h"
#include "count.h"
#include "print.h"

uint32_t run(uint32_t iterations);

int main(void)
{
    struct bench_command command;
    print("engine: C\n");
    while (bench_command_read(&command)) {
        uint32_t iterations = command.count > 0 ? (uint32_t)command.numbers[0] : 1;
        uint64_t start = count_now();
        uint32_t result = run(iterations);
        uint64_t end = count_now();
        bench_print_call(&command);
        print_number(result);
        bench_print_count(start, end);
    }
    print("\n");
    return 0;
}

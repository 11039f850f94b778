/* hello: a small C program for a small computer. It greets, sorts, finds primes, and, when asked to, fails in two ways,
   so that you can see what a failure looks like. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 256

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void print_ints(const char *label, const int *values, int count)
{
    printf("%s", label);
    for (int i = 0; i < count; i++) {
        printf(" %d", values[i]);
    }
    printf("\n");
}

/* hello sort 5 3 9: reads numbers from the command line and sorts them with the C library. */
static int run_sort(int argc, char **argv)
{
    int values[COUNT_MAX], count = 0;
    for (int i = 0; i < argc && count < COUNT_MAX; i++) {
        values[count++] = atoi(argv[i]);
    }
    qsort(values, (size_t)count, sizeof values[0], compare_ints);
    print_ints("sorted:", values, count);
    return 0;
}

/* hello primes 100: the sieve of Eratosthenes on the heap. */
static int run_primes(int argc, char **argv)
{
    int limit = argc > 0 ? atoi(argv[0]) : 50;
    if (limit < 2 || limit > 1000000) {
        fprintf(stderr, "hello: primes up to %d: give a number from 2 to 1000000\n", limit);
        return 2;
    }
    char *is_composite = calloc((size_t)limit + 1, 1);
    if (!is_composite) {
        fprintf(stderr, "hello: no memory for primes up to %d\n", limit);
        return 1;
    }
    int count = 0, largest = 0;
    for (int i = 2; i <= limit; i++) {
        if (is_composite[i]) {
            continue;
        }
        count++;
        largest = i;
        for (long j = (long)i * 2; j <= limit; j += i) {
            is_composite[j] = 1;
        }
    }
    printf("primes: %d up to %d, the largest is %d\n", count, limit, largest);
    free(is_composite);
    return 0;
}

/* hello trap: three calls deep, a division by zero. The runtime stops the program and shows these three names. */
__attribute__((noinline)) static int average(int total, int count)
{
    return total / count;
}

__attribute__((noinline)) static int read_sensor(int samples)
{
    int total = 0;
    for (int i = 0; i < samples; i++) {
        total += 20 + i;
    }
    return average(total, samples) + 1;
}

static int run_trap(int argc, char **argv)
{
    int samples = argc > 0 ? atoi(argv[0]) : 0;
    printf("trap: the average of %d samples is ...\n", samples);
    fflush(stdout);
    printf("... %d\n", read_sensor(samples));
    return 0;
}

/* hello spin: a loop that never ends by itself. `mote run --timeout 1` ends it. */
static int run_spin(int argc, char **argv)
{
    (void)argc, (void)argv;
    volatile unsigned turns = 0;
    printf("spin: turning until somebody stops me\n");
    fflush(stdout);
    for (;;) {
        turns++;
    }
    return 0;
}

/* hello: a bit of everything. */
static int run_all(void)
{
    static char *numbers[] = {"42", "7", "-3", "1000", "0"}, *limit[] = {"1000"};
    printf("Hello from WebAssembly!\n");
    run_sort(5, numbers);
    run_primes(1, limit);
    printf("try: sort 5 3 9 | primes 5000 | args a b | trap | spin\n");
    return 0;
}

/* hello args a b: what the guest was given. */
static int run_args(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        printf("argument %d: %s\n", i + 1, argv[i]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } verbs[] = {{"sort", run_sort}, {"primes", run_primes}, {"args", run_args}, {"trap", run_trap}, {"spin", run_spin}};
    if (argc < 2) {
        return run_all();
    }
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            return verbs[i].run(argc - 2, argv + 2);
        }
    }
    fprintf(stderr, "hello: unknown verb '%s'; there are sort, primes, args, trap and spin\n", argv[1]);
    return 2;
}

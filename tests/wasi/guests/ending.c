/* Ends in the way that the first argument names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROC_RAISE __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")))
int raise_signal(int signal) PROC_RAISE;

static void farewell(void)
{
    puts("farewell");
}

static volatile int *volatile nowhere = (int *)0x7ffffff0;

__attribute__((noinline)) static int inner(void)
{
    return *nowhere;
}

__attribute__((noinline)) static int outer(void)
{
    return inner() + 1;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    printf("%s\n", how);
    atexit(farewell);
    if (strcmp(how, "return") == 0) {
        return number;
    }
    if (strcmp(how, "exit") == 0) {
        exit(number);
    }
    if (strcmp(how, "_exit") == 0) {
        fflush(stdout);
        _exit(number);
    }
    if (strcmp(how, "abort") == 0) {
        fflush(stdout);
        abort();
    }
    if (strcmp(how, "raise") == 0) {
        printf("errno %d\n", raise_signal(number));
        fflush(stdout);
    }
    if (strcmp(how, "trap") == 0) {
        fflush(stdout);
        return outer();
    }
    return 0;
}

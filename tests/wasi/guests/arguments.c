/* Prints arguments and environment. */
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv)
{
    printf("%d arguments\n", argc);
    for (int i = 1; i < argc; i++) {
        printf("[%s]\n", argv[i]);
    }
    for (char **entry = environ; entry && *entry; entry++) {
        printf("{%s}\n", *entry);
    }
    printf("HOME is %s\n", getenv("HOME") ? getenv("HOME") : "not set");
    return argv[argc] != NULL;
}

/* Copies standard input to standard output, by lines (argument "lines"), by characters, or in large blocks ("blocks"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void by_lines(void)
{
    char line[100];
    int number = 0;
    while (fgets(line, sizeof line, stdin)) {
        printf("%d:%s", ++number, line);
    }
}

static void in_blocks(void)
{
    char *block = malloc(200000);
    ssize_t count;
    while ((count = read(0, block, 200000)) > 0) {
        if (write(1, block, (size_t)count) != count) {
            exit(3);
        }
    }
    free(block);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    int c;
    if (strcmp(how, "lines") == 0) {
        by_lines();
        return 0;
    }
    if (strcmp(how, "blocks") == 0) {
        in_blocks();
        return 0;
    }
    while ((c = getchar()) != EOF) {
        putchar(c);
    }
    return feof(stdin) ? 0 : 4;
}

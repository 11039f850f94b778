/* Renumbers standard error onto standard output: what is printed then appears on standard error. */
#include <stdio.h>
#include <wasi/api.h>

int main(void)
{
    puts("before");
    fflush(stdout);
    int error = __wasi_fd_renumber(2, 1);
    printf("after: %d\n", error);
    fflush(stdout);
    return fputs("gone\n", stderr) < 0;
}

/* printf in all its forms, to standard output and error. */
#include <stdio.h>

int main(void)
{
    printf("hello %d %5u|%-5s|%05.2f %g %c %x\n", -42, 7u, "ab", 3.14159, 1e100, 'z', 0xBEEF);
    printf("%lld %llu %e\n", -9007199254740993LL, 18446744073709551615ULL, 0.1);
    fprintf(stderr, "to standard error\n");
    return 0;
}

/* hello: the smallest program that prints. Its whole run is the start and the end of the engine's process. */
#include <stdio.h>

int main(void)
{
    puts("hello, world");
    return 0;
}

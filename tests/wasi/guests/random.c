/* Randomness: two draws differ, small and large ones are filled to the last byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

static unsigned char a[200000], b[200000];

static size_t zeros(const unsigned char *bytes, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += bytes[i] == 0;
    }
    return count;
}

int main(void)
{
    printf("%d %d\n", __wasi_random_get(a, sizeof a), getentropy(b, 256));
    printf("%s\n", memcmp(a, b, 256) != 0 ? "differ" : "equal");
    printf("%s\n", zeros(a, sizeof a) < sizeof a / 128 && zeros(a + sizeof a - 64, 64) < 16 ? "filled" : "not filled");
    printf("%d\n", __wasi_random_get(a, 0));
    return 0;
}

/* Writes until there is no room; with an argument it begins again and again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char bytes[3000];

static long fill(int file)
{
    long written = 0, count;
    while ((count = write(file, bytes, sizeof bytes)) > 0) {
        written += count;
    }
    return written;
}

int main(int count, char **arguments)
{
    (void)arguments;
    memset(bytes, 'x', sizeof bytes);
    int small = open("/small", O_CREAT | O_RDWR, 0666), big;
    write(small, bytes, 100);
    close(small);
    do {
        big = open("/big", O_CREAT | O_RDWR | O_TRUNC, 0666);
        long written = fill(big);
        int error = errno;
        printf("full after %ld: %s\n", lseek(big, 0, SEEK_END) == written ? written : -1, strerror(error));
        printf("grow: %s\n", ftruncate(big, 300000) == 0 ? "ok" : strerror(errno));
        if (lseek(big, 0, SEEK_END) != written) {
            printf("grew to %ld\n", (long)lseek(big, 0, SEEK_END));
        }
        close(big);
    } while (count > 1);
    printf("removed: %d\n", unlink("/big"));
    big = open("/big", O_CREAT | O_RDWR, 0666);
    printf("again: %s\n", write(big, bytes, sizeof bytes) == sizeof bytes ? "ok" : strerror(errno));
    close(big);
    unlink("/big");
    return 0;
}

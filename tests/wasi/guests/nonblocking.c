/* Reads standard input without blocking: AGAIN until something comes, then that, then the end. */
#include <stdio.h>
#include <wasi/api.h>

static uint8_t bytes[8];
static __wasi_iovec_t buffer = {bytes, sizeof bytes};
static __wasi_size_t count;

static int read_when_there(void)
{
    int error;
    do {
        error = __wasi_fd_read(0, &buffer, 1, &count);
    } while (error == __WASI_ERRNO_AGAIN);
    return error;
}

int main(void)
{
    if (__wasi_fd_fdstat_set_flags(0, __WASI_FDFLAGS_NONBLOCK)) {
        return 1;
    }
    printf("nothing: %d\n", __wasi_fd_read(0, &buffer, 1, &count));
    fflush(stdout);
    int error = read_when_there();
    printf("read %d: %.*s\n", error == 0 ? (int)count : -error, (int)count, (const char *)bytes);
    error = read_when_there();
    printf("end: %d %d\n", error, (int)count);
    return 0;
}

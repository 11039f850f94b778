/* Files as POSIX has them: opening, places, sizes, appending, sharing; prints what each call gave. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long result;
#define SHOW(call) (errno = 0, result = (long)(call), printf("%s: %ld%s%s\n", #call, result, errno ? " " : "", errno ? strerror(errno) : ""))

static char buffer[10000];

static void show(int fd)
{
    memset(buffer, 0, sizeof buffer);
    long count = pread(fd, buffer, sizeof buffer - 1, 0);
    printf("  [%s] %ld\n", buffer, count);
}

static int open_with(const char *path, int flags)
{
    errno = 0;
    int fd = open(path, flags, 0666);
    printf("open %s %x: %s\n", path, flags, fd >= 0 ? "ok" : strerror(errno));
    return fd;
}

static void ways_to_open(void)
{
    open_with("/none", O_RDWR);
    int fd = open_with("/a", O_CREAT | O_WRONLY);
    SHOW(write(fd, "0123456789", 10));
    SHOW(read(fd, buffer, 1));
    SHOW(close(fd));
    SHOW(close(fd));
    open_with("/a", O_CREAT | O_EXCL | O_RDWR);
    fd = open_with("/a", O_RDONLY);
    SHOW(write(fd, "x", 1));
    SHOW(ftruncate(fd, 0));
    SHOW(read(fd, buffer, 4));
    SHOW(lseek(fd, 0, SEEK_CUR));
    show(fd);
    close(fd);
    open_with("/a/b", O_CREAT | O_RDWR);
    open_with("/a/", O_RDWR);
    open_with("/a", O_DIRECTORY | O_RDONLY);
    open_with("/", O_RDWR);
    open_with("/new/", O_CREAT | O_RDWR);
    fd = open_with("/", O_DIRECTORY | O_RDONLY);
    SHOW(read(fd, buffer, 1));
    SHOW(fsync(fd));
    close(fd);
}

static void places(void)
{
    int fd = open_with("/a", O_RDWR);
    SHOW(lseek(fd, 3, SEEK_SET));
    SHOW(write(fd, "ab", 2));
    SHOW(lseek(fd, -2, SEEK_END));
    SHOW(write(fd, "cdef", 4));
    SHOW(pwrite(fd, "XY", 2, 1));
    SHOW(lseek(fd, 0, SEEK_CUR));
    show(fd);
    SHOW(lseek(fd, -100, SEEK_CUR));
    SHOW(lseek(fd, 0x100000000, SEEK_SET));
    SHOW(lseek(fd, 5, SEEK_END));
    SHOW(read(fd, buffer, 10));
    SHOW(write(fd, "!", 1));
    SHOW(pread(fd, buffer, 8, 10));
    printf("  %d %d %d %d\n", buffer[1], buffer[2], buffer[6], buffer[7]);
    SHOW(pwrite(fd, "?", 1, 0x80000000));
    SHOW(pwrite(fd, "?", 1, -1));
    SHOW(pread(fd, buffer, 1, 0x123456789));
    close(fd);
}

static void sizes(void)
{
    struct stat status;
    int fd = open_with("/a", O_RDWR | O_TRUNC);
    SHOW(write(fd, "abcdef", 6));
    SHOW(ftruncate(fd, 3));
    show(fd);
    SHOW(ftruncate(fd, 5000));
    SHOW(fstat(fd, &status));
    printf("  size %lld mode %o links %d\n", (long long)status.st_size, status.st_mode & S_IFMT, (int)status.st_nlink);
    SHOW(pread(fd, buffer, sizeof buffer, 2));
    printf("  %c %d %d\n", buffer[0], buffer[1], buffer[4997]);
    SHOW(ftruncate(fd, -1));
    SHOW(ftruncate(fd, 0x7fffffffffff));
    SHOW(posix_fallocate(fd, 5000, 100));
    SHOW(posix_fallocate(fd, 0, 10));
    SHOW(posix_fallocate(fd, 0, 0));
    SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM));
    SHOW(posix_fadvise(fd, 0, 0, 99));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(fsync(fd));
    SHOW(fdatasync(fd));
    struct timespec times[2] = {{1, 0}, {2, 0}};
    SHOW(futimens(fd, times));
    SHOW(utimensat(AT_FDCWD, "/a", times, 0));
    SHOW(utimensat(AT_FDCWD, "/none", times, 0));
    close(fd);
}

static void sharing(void)
{
    int one = open_with("/s", O_CREAT | O_RDWR | O_TRUNC), two = open_with("/s", O_RDWR | O_APPEND);
    SHOW(write(one, "one", 3));
    SHOW(write(two, "TWO", 3));
    SHOW(write(one, "!!!!!", 5));
    SHOW(write(two, "end", 3));
    SHOW(lseek(two, 0, SEEK_CUR));
    show(one);
    SHOW(fcntl(two, F_GETFL) & O_APPEND ? 1 : 0);
    SHOW(fcntl(two, F_SETFL, 0));
    SHOW(lseek(two, 0, SEEK_SET));
    SHOW(write(two, "O", 1));
    show(one);
    SHOW(fcntl(two, F_SETFL, O_SYNC));
    SHOW(write(two, "N", 1));
    SHOW(unlink("/s"));
    struct stat a, b, c;
    fstat(one, &a);
    fstat(two, &b);
    SHOW(stat("/s", &c));
    printf("  %s %s\n", a.st_ino == b.st_ino ? "same" : "different", a.st_ino == c.st_ino ? "same" : "different");
    stat("/a", &c);
    printf("  %s\n", a.st_ino == c.st_ino ? "same" : "different");
    SHOW(close(one));
    SHOW(unlink("/s"));
    SHOW(close(two));
    SHOW(unlink("/s"));
    SHOW(unlink("/s"));
}

static void exhaustion(void)
{
    int count = 0, last = -1;
    while (count < 2000) {
        int fd = open("/a", O_RDONLY);
        if (fd < 0) {
            break;
        }
        last = fd;
        count++;
    }
    printf("%s after %d, the last is %d\n", strerror(errno), count, last);
    SHOW(close(last));
    SHOW(open("/a", O_RDONLY));
}

int main(void)
{
    ways_to_open();
    places();
    sizes();
    sharing();
    exhaustion();
    return 0;
}

/* prints:
open /none 14000000: No such file or directory
open /a 10001000: ok
write(fd, "0123456789", 10): 10
read(fd, buffer, 1): -1 Bad file descriptor
close(fd): 0
close(fd): -1 Bad file descriptor
open /a 14005000: File exists
open /a 4000000: ok
write(fd, "x", 1): -1 Bad file descriptor
ftruncate(fd, 0): -1 Capabilities insufficient
read(fd, buffer, 4): 4
lseek(fd, 0, SEEK_CUR): 4
  [0123456789] 10
open /a/b 14001000: Not a directory
open /a/ 14000000: Not a directory
open /a 4002000: Not a directory
open / 14000000: Is a directory
open /new/ 14001000: Is a directory
open / 4002000: ok
read(fd, buffer, 1): -1 Bad file descriptor
fsync(fd): 0
open /a 14000000: ok
lseek(fd, 3, SEEK_SET): 3
write(fd, "ab", 2): 2
lseek(fd, -2, SEEK_END): 8
write(fd, "cdef", 4): 4
pwrite(fd, "XY", 2, 1): 2
lseek(fd, 0, SEEK_CUR): 12
  [0XYab567cdef] 12
lseek(fd, -100, SEEK_CUR): -1 Invalid argument
lseek(fd, 0x100000000, SEEK_SET): -1 Value too large for data type
lseek(fd, 5, SEEK_END): 17
read(fd, buffer, 10): 0
write(fd, "!", 1): 1
pread(fd, buffer, 8, 10): 8
  102 0 0 33
pwrite(fd, "?", 1, 0x80000000): -1 File too large
pwrite(fd, "?", 1, -1): -1 Invalid argument
pread(fd, buffer, 1, 0x123456789): 0
open /a 14008000: ok
write(fd, "abcdef", 6): 6
ftruncate(fd, 3): 0
  [abc] 3
ftruncate(fd, 5000): 0
fstat(fd, &status): 0
  size 5000 mode 100000 links 1
pread(fd, buffer, sizeof buffer, 2): 4998
  c 0 0
ftruncate(fd, -1): -1 Invalid argument
ftruncate(fd, 0x7fffffffffff): -1 File too large
posix_fallocate(fd, 5000, 100): 0
posix_fallocate(fd, 0, 10): 0
posix_fallocate(fd, 0, 0): 28
posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM): 0
posix_fadvise(fd, 0, 0, 99): 28
lseek(fd, 0, SEEK_END): 5100
fsync(fd): 0
fdatasync(fd): 0
futimens(fd, times): 0
utimensat(AT_FDCWD, "/a", times, 0): 0
utimensat(AT_FDCWD, "/none", times, 0): -1 No such file or directory
open /s 14009000: ok
open /s 14000001: ok
write(one, "one", 3): 3
write(two, "TWO", 3): 3
write(one, "!!!!!", 5): 5
write(two, "end", 3): 3
lseek(two, 0, SEEK_CUR): 11
  [one!!!!!end] 11
fcntl(two, F_GETFL) & O_APPEND ? 1 : 0: 1
fcntl(two, F_SETFL, 0): 0
lseek(two, 0, SEEK_SET): 0
write(two, "O", 1): 1
  [One!!!!!end] 11
fcntl(two, F_SETFL, O_SYNC): 0
write(two, "N", 1): 1
unlink("/s"): -1 Resource busy
stat("/s", &c): 0
  same same
  different
close(one): 0
unlink("/s"): -1 Resource busy
close(two): 0
unlink("/s"): 0
unlink("/s"): -1 No such file or directory
No file descriptors available after 60, the last is 63
close(last): 0
open("/a", O_RDONLY): 63
*/

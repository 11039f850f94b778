/* Standard input, output and error of the process. No call may block longer than 5 ms, but the files behind the streams belong to
   others as well (a shell's terminal, the other end of a pipe), so they must not be made non-blocking: pipes and terminals are
   opened a second time for us alone, sockets are asked per call, plain files never block. */
#include "hal/console.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "line.h"
#include "thread_lock.h"

#define PATIENCE_MS 5

/* How a stream is kept from blocking. */
enum access {
    ACCESS_PLAIN,       /* never blocks */
    ACCESS_NONBLOCKING, /* `fd` is non-blocking and ours */
    ACCESS_SOCKET,      /* asked per call */
    ACCESS_POLLED,      /* asks first and then moves no more than surely fits */
};

struct stream {
    bool open; /* the rest is known */
    int fd;
    enum access access;
};

static struct stream streams[3];
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

static int open_again(int fd, int flags)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static struct stream open_stream(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return (struct stream){true, fd, ACCESS_PLAIN};
    }
    if (S_ISSOCK(status.st_mode)) {
        return (struct stream){true, fd, ACCESS_SOCKET};
    }
    if (!S_ISFIFO(status.st_mode) && !isatty(fd)) {
        return (struct stream){true, fd, ACCESS_PLAIN};
    }
    int own = open_again(fd, fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
    return own >= 0 ? (struct stream){true, own, ACCESS_NONBLOCKING} : (struct stream){true, fd, ACCESS_POLLED};
}

/* A reader that went away is an error of write, not the end of the process. An embedder's own handler stays. */
static void ignore_broken_pipes(void)
{
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        signal(SIGPIPE, SIG_IGN);
    }
}

/* A stream is looked at when it is first used: a program that only prints starts faster for it. */
static struct stream find_stream(int fd)
{
    pthread_mutex_lock(&opening);
    if (!streams[fd].open) {
        streams[fd] = open_stream(fd);
        ignore_broken_pipes();
    }
    struct stream stream = streams[fd];
    pthread_mutex_unlock(&opening);
    return stream;
}

/* Whether the stream becomes ready within 5 ms; what is broken is ready too, the call after it says how. */
static bool becomes_ready(struct stream stream, short events)
{
    struct pollfd wait = {.fd = stream.fd, .events = events};
    return poll(&wait, 1, PATIENCE_MS) > 0;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static ssize_t write_once(struct stream stream, const void *data, size_t size)
{
    if (stream.access == ACCESS_SOCKET) {
        return send(stream.fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    return write(stream.fd, data, size);
}

intptr_t hal_console_write(enum hal_console_stream stream, const void *data, size_t size)
{
    if (line_is_open()) {
        return line_write(data, size);
    }
    struct stream out = find_stream((int)stream);
    if (out.access == ACCESS_POLLED) {
        if (!becomes_ready(out, POLLOUT)) {
            return 0;
        }
        size = size < PIPE_BUF ? size : PIPE_BUF;
    }
    ssize_t count = write_once(out, data, size);
    if (count < 0 && would_block() && becomes_ready(out, POLLOUT)) {
        count = write_once(out, data, size);
    }
    if (count < 0) {
        return would_block() ? 0 : -1;
    }
    return count;
}

static ssize_t read_once(struct stream stream, void *data, size_t size)
{
    if (stream.access == ACCESS_SOCKET) {
        return recv(stream.fd, data, size, MSG_DONTWAIT);
    }
    return read(stream.fd, data, size);
}

intptr_t hal_console_read(void *data, size_t size)
{
    if (line_is_open()) {
        return line_read(data, size);
    }
    struct stream in = find_stream(STDIN_FILENO);
    if (in.access != ACCESS_PLAIN && !thread_wait(in.fd, POLLIN, PATIENCE_MS * 1000000u)) {
        return HAL_CONSOLE_AGAIN;
    }
    ssize_t count = read_once(in, data, size);
    if (count < 0) {
        return would_block() ? HAL_CONSOLE_AGAIN : -1;
    }
    return count;
}

bool hal_console_is_terminal(enum hal_console_stream stream)
{
    return line_is_open() || isatty((int)stream) == 1;
}

/* The console line as a pseudo-terminal or TCP socket; see line.h. Its descriptors are kept over a restart, so that a client does not notice one. */
#include "line.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <fcntl.h>
#include <unistd.h>

#include "hal/console.h"
#include "restart.h"
#include "thread_lock.h"

#define PATIENCE_MS 5
#define PATIENCE_NS (PATIENCE_MS * 1000000u)

static struct {
    bool is_open;
    int pty;      /* its master side, -1: TCP */
    int listener; /* -1: a pseudo-terminal */
    int client;   /* -1: nobody is there */
} line = {.pty = -1, .listener = -1, .client = -1};

bool line_is_open(void)
{
    return line.is_open;
}

/* ---- Pseudo-terminal --------------------------------------------------------------------------------------------- */

/* A terminal that changes nothing; opened and closed once, so that from now on it tells whether a client has it open. */
static bool make_raw(const char *name)
{
    struct termios settings;
    int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    bool is_made = fd >= 0 && tcgetattr(fd, &settings) == 0;
    if (is_made) {
        cfmakeraw(&settings);
        is_made = tcsetattr(fd, TCSANOW, &settings) == 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_made;
}

bool line_open_pty(const char *link, char *name, size_t room)
{
    line.pty = restart_kept(RESTART_LINE);
    bool is_new = line.pty < 0;
    if (is_new) {
        line.pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    }
    if (line.pty < 0 || grantpt(line.pty) != 0 || unlockpt(line.pty) != 0 || ptsname_r(line.pty, name, room) != 0 ||
        (is_new && !make_raw(name))) {
        return false;
    }
    if (link) {
        unlink(link);
        if (symlink(name, link) != 0) {
            return false;
        }
    }
    restart_keep(RESTART_LINE, line.pty);
    line.is_open = true;
    return true;
}

/* ---- TCP --------------------------------------------------------------------------------------------------------- */

static int listen_on(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
                    bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4) != 0)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

bool line_open_tcp(unsigned port, char *name, size_t room)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    line.listener = restart_kept(RESTART_LINE);
    line.client = restart_kept(RESTART_CLIENT);
    if (line.listener < 0) {
        line.listener = listen_on(port);
    }
    if (line.listener < 0 || getsockname(line.listener, (struct sockaddr *)&address, &size) != 0) {
        return false;
    }
    snprintf(name, room, "socket://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    signal(SIGPIPE, SIG_IGN);
    restart_keep(RESTART_LINE, line.listener);
    line.is_open = true;
    return true;
}

static void take_client(void)
{
    int on = 1;
    line.client = accept4(line.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (line.client >= 0) {
        setsockopt(line.client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    restart_keep(RESTART_CLIENT, line.client);
}

static void drop_client(void)
{
    if (line.client >= 0) {
        close(line.client);
        line.client = -1;
        restart_keep(RESTART_CLIENT, -1);
    }
}

/* ---- Either ------------------------------------------------------------------------------------------------------ */

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

intptr_t line_read(void *data, size_t size)
{
    bool is_pty = line.pty >= 0;
    int fd = is_pty ? line.pty : line.client;
    if (fd < 0) {
        if (thread_wait(line.listener, POLLIN, PATIENCE_NS)) {
            take_client();
        }
        return HAL_CONSOLE_AGAIN;
    }
    short ready = thread_wait(fd, POLLIN, PATIENCE_NS);
    if (is_pty && (ready & POLLHUP) && !(ready & POLLIN)) {
        thread_wait(-1, 0, PATIENCE_NS);
        return HAL_CONSOLE_AGAIN;
    }
    ssize_t count = ready ? read(fd, data, size) : 0;
    if (!is_pty && ready && (count == 0 || (count < 0 && !would_block()))) {
        drop_client();
    }
    return count > 0 ? count : HAL_CONSOLE_AGAIN;
}

/* What poll says of a descriptor, within a time. The lock stays where it is. */
static short look(int fd, short events, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = events};
    return poll(&wait, 1, timeout_ms) > 0 ? wait.revents : 0;
}

intptr_t line_write(const void *data, size_t size)
{
    bool is_pty = line.pty >= 0;
    int fd = is_pty ? line.pty : line.client;
    if (fd < 0 || (is_pty && (look(fd, POLLOUT, 0) & POLLHUP))) {
        return (intptr_t)size;
    }
    ssize_t count = write(fd, data, size);
    if (count < 0 && would_block() && look(fd, POLLOUT, PATIENCE_MS)) {
        count = write(fd, data, size);
    }
    if (count < 0 && !would_block()) {
        drop_client();
        return (intptr_t)size;
    }
    return count < 0 ? 0 : count;
}

/* Datagrams on a port of the loopback interface: management has no password, so nobody else may reach it. */
#include "hal/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net_socket.h"

static int socket_fd = -1;
static struct sockaddr_in client; /* who sent the last datagram */

bool net_open(unsigned port, unsigned *actual)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    if (bind(fd, (struct sockaddr *)&address, size) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return false;
    }
    *actual = ntohs(address.sin_port);
    socket_fd = fd;
    return true;
}

bool hal_net_is_open(void)
{
    return socket_fd >= 0;
}

size_t hal_net_receive(void *data, size_t size)
{
    struct sockaddr_in sender;
    socklen_t sender_size = sizeof sender;
    ssize_t count = socket_fd < 0 ? -1 : recvfrom(socket_fd, data, size, 0, (struct sockaddr *)&sender, &sender_size);
    if (count <= 0) {
        return 0;
    }
    client = sender;
    return (size_t)count;
}

void hal_net_send(const void *data, size_t size)
{
    /* A datagram that cannot be sent is lost, as datagrams may be: the client asks again. */
    (void)!sendto(socket_fd, data, size, MSG_NOSIGNAL, (struct sockaddr *)&client, sizeof client);
}

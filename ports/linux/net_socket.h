/* The socket behind hal/net.h. */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <stdbool.h>

/* net.c: receives datagrams on a port of the loopback interface from now on (0: any port; *actual is the one); errno says why not. Until then
   nothing ever arrives. */
bool net_open(unsigned port, unsigned *actual);

#endif

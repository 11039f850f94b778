/* Datagrams from clients, for machines with a network (PORT_HAS_NET). One socket. Main thread; nothing here blocks. */
#ifndef HAL_NET_H
#define HAL_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether datagrams can arrive at all. */
bool hal_net_is_open(void);

/* Takes the next datagram, at most `size` bytes of it (the rest is lost); returns how many, 0 when there is none. */
size_t hal_net_receive(void *data, size_t size);

/* Sends a datagram to where the last one received came from. */
void hal_net_send(const void *data, size_t size);

#endif

/* The bytes between a run and whoever reads it: rings that are made when they are first needed. With the lock held, from either side. */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "mote.h"

struct mote_ring {
    uint8_t *bytes; /* NULL until something is put in */
    uint32_t size;  /* bytes there is room for */
    uint32_t at;    /* where the next byte goes */
    uint32_t left;  /* bytes that are in it */
    uint32_t total; /* bytes that were ever put in, modulo 2^32 */
};

/* Puts in what there is room for, or everything with old bytes overwritten; how many. 0 as well when there is no memory for `room` bytes. */
uint32_t mote_ring_put(struct mote_ring *ring, const struct mote_allocator *allocator, uint32_t room, const void *data, uint32_t size,
                       bool overwrites);
/* Copies up to `size` bytes from the `skip`-th on, of those that are in it. */
uint32_t mote_ring_peek(const struct mote_ring *ring, uint32_t skip, void *data, uint32_t size);
/* The same from the first on, and takes them out. */
uint32_t mote_ring_take(struct mote_ring *ring, void *data, uint32_t size);
/* No more will be put in: keeps the memory for what is left in it only. */
void mote_ring_trim(struct mote_ring *ring, const struct mote_allocator *allocator);
void mote_ring_free(struct mote_ring *ring, const struct mote_allocator *allocator);

struct mote_app_slot;

/* The streams of a run, for WASI: user is the slot. */
intptr_t mote_app_read_stream(void *slot, void *data, size_t size);
intptr_t mote_app_write_stream(void *slot, unsigned stream, const void *data, size_t size);
bool mote_app_is_terminal(void *slot, unsigned stream);

#endif

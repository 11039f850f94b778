/* Descriptors that stand for one of the standard streams: the machine's (hal/console.h), or those that the embedder gave. */
#ifndef HOST_WASI_STREAM_H
#define HOST_WASI_STREAM_H

#include "host/wasi/fdtable.h"

/* 0 input, 1 output, 2 errors. */
void mote_stream_open(struct mote_fd *fd, uint16_t stream);

#endif

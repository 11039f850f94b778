/* Descriptors that stand for one of the machine's standard streams (hal/console.h). */
#ifndef HOST_WASI_STREAM_H
#define HOST_WASI_STREAM_H

#include "hal/console.h"
#include "host/wasi/fdtable.h"

void mote_stream_open(struct mote_fd *fd, enum hal_console_stream stream);

#endif

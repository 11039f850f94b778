/* Standard streams as descriptors. Bytes pass as they are, in both directions: whether output can fool a terminal is up to whoever reads it. */
#include "host/wasi/stream.h"

#include "hal/console.h"
#include "host/wasi/wasi_host.h"

static intptr_t read_console(void *user, void *data, size_t size)
{
    (void)user;
    return hal_console_read(data, size);
}

static intptr_t write_console(void *user, unsigned stream, const void *data, size_t size)
{
    (void)user;
    return hal_console_write((enum hal_console_stream)stream, data, size);
}

static bool is_console_terminal(void *user, unsigned stream)
{
    (void)user;
    return hal_console_is_terminal((enum hal_console_stream)stream);
}

static const struct mote_wasi_streams console = {read_console, write_console, is_console_terminal, NULL};

static const struct mote_wasi_streams *streams_of(const struct mote_wasi *wasi)
{
    return wasi->options.streams ? wasi->options.streams : &console;
}

static enum mote_errno read_stream(struct mote_caller *caller, struct mote_fd *fd, void *data, uint32_t size, uint32_t *count)
{
    (void)fd;
    const struct mote_wasi_streams *streams = streams_of(mote_wasi_of(caller));
    intptr_t got = streams->read(streams->user, data, size);
    if (got == HAL_CONSOLE_AGAIN) {
        return MOTE_ERRNO_AGAIN;
    }
    if (got < 0) {
        return MOTE_ERRNO_IO;
    }
    *count = (uint32_t)got;
    return MOTE_ERRNO_SUCCESS;
}

static enum mote_errno write_stream(struct mote_caller *caller, struct mote_fd *fd, const void *data, uint32_t size, uint32_t *count)
{
    const struct mote_wasi_streams *streams = streams_of(mote_wasi_of(caller));
    intptr_t put = streams->write(streams->user, fd->number, data, size);
    if (put < 0) {
        return MOTE_ERRNO_PIPE;
    }
    *count = (uint32_t)put;
    return put > 0 ? MOTE_ERRNO_SUCCESS : MOTE_ERRNO_AGAIN;
}

/* A terminal is a character device without the rights to seek and tell: wasi-libc's isatty asks for exactly that. */
static enum mote_wasi_filetype stream_filetype(const struct mote_wasi *wasi, const struct mote_fd *fd)
{
    const struct mote_wasi_streams *streams = streams_of(wasi);
    return streams->is_terminal(streams->user, fd->number) ? WASI_FILETYPE_CHARACTER_DEVICE : WASI_FILETYPE_UNKNOWN;
}

static const struct mote_fd_ops input_ops = {.read = read_stream, .filetype = stream_filetype};
static const struct mote_fd_ops output_ops = {.write = write_stream, .filetype = stream_filetype};

void mote_stream_open(struct mote_fd *fd, uint16_t stream)
{
    uint32_t rights = WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_POLL_FD_READWRITE;
    bool input = stream == HAL_CONSOLE_IN;
    *fd = (struct mote_fd){
        .ops = input ? &input_ops : &output_ops,
        .rights_base = rights | (input ? WASI_RIGHT_FD_READ : WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC),
        .number = stream,
    };
}

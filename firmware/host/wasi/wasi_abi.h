/* WASI preview 1 as the guest sees it: numbers and layouts of the structures in its memory. Functions and error numbers are rows of
   tables/wasi.def. All fields are little-endian and, since a guest may pass any address, at any alignment. */
#ifndef HOST_WASI_WASI_ABI_H
#define HOST_WASI_WASI_ABI_H

#include "base/bits.h"

enum mote_errno {
#define WASI_GROUP(name, enabled)
#define WASI(name, signature, group)
#define WASI_ERRNO(name, number) MOTE_ERRNO_##name = (number),
#include "tables/wasi.def"
#undef WASI_GROUP
#undef WASI
#undef WASI_ERRNO
};

enum mote_wasi_filetype {
    WASI_FILETYPE_UNKNOWN,
    WASI_FILETYPE_BLOCK_DEVICE,
    WASI_FILETYPE_CHARACTER_DEVICE,
    WASI_FILETYPE_DIRECTORY,
    WASI_FILETYPE_REGULAR_FILE,
    WASI_FILETYPE_SOCKET_DGRAM,
    WASI_FILETYPE_SOCKET_STREAM,
    WASI_FILETYPE_SYMBOLIC_LINK,
};

enum mote_wasi_fdflags {
    WASI_FDFLAG_APPEND = 1,
    WASI_FDFLAG_DSYNC = 2,
    WASI_FDFLAG_NONBLOCK = 4,
    WASI_FDFLAG_RSYNC = 8,
    WASI_FDFLAG_SYNC = 16,
    WASI_FDFLAGS_ALL = 31,
};

/* Rights of a descriptor, one bit each. */
enum mote_wasi_right {
    WASI_RIGHT_FD_DATASYNC = 1 << 0,
    WASI_RIGHT_FD_READ = 1 << 1,
    WASI_RIGHT_FD_SEEK = 1 << 2,
    WASI_RIGHT_FD_FDSTAT_SET_FLAGS = 1 << 3,
    WASI_RIGHT_FD_SYNC = 1 << 4,
    WASI_RIGHT_FD_TELL = 1 << 5,
    WASI_RIGHT_FD_WRITE = 1 << 6,
    WASI_RIGHT_FD_ADVISE = 1 << 7,
    WASI_RIGHT_FD_ALLOCATE = 1 << 8,
    WASI_RIGHT_PATH_CREATE_DIRECTORY = 1 << 9,
    WASI_RIGHT_PATH_CREATE_FILE = 1 << 10,
    WASI_RIGHT_PATH_LINK_SOURCE = 1 << 11,
    WASI_RIGHT_PATH_LINK_TARGET = 1 << 12,
    WASI_RIGHT_PATH_OPEN = 1 << 13,
    WASI_RIGHT_FD_READDIR = 1 << 14,
    WASI_RIGHT_PATH_READLINK = 1 << 15,
    WASI_RIGHT_PATH_RENAME_SOURCE = 1 << 16,
    WASI_RIGHT_PATH_RENAME_TARGET = 1 << 17,
    WASI_RIGHT_PATH_FILESTAT_GET = 1 << 18,
    WASI_RIGHT_PATH_FILESTAT_SET_SIZE = 1 << 19,
    WASI_RIGHT_PATH_FILESTAT_SET_TIMES = 1 << 20,
    WASI_RIGHT_FD_FILESTAT_GET = 1 << 21,
    WASI_RIGHT_FD_FILESTAT_SET_SIZE = 1 << 22,
    WASI_RIGHT_FD_FILESTAT_SET_TIMES = 1 << 23,
    WASI_RIGHT_PATH_SYMLINK = 1 << 24,
    WASI_RIGHT_PATH_REMOVE_DIRECTORY = 1 << 25,
    WASI_RIGHT_PATH_UNLINK_FILE = 1 << 26,
    WASI_RIGHT_POLL_FD_READWRITE = 1 << 27,
};

enum mote_wasi_oflags {
    WASI_OFLAG_CREAT = 1,
    WASI_OFLAG_DIRECTORY = 2,
    WASI_OFLAG_EXCL = 4,
    WASI_OFLAG_TRUNC = 8,
    WASI_OFLAGS_ALL = 15,
};

enum mote_wasi_fstflags {
    WASI_FSTFLAG_ATIM = 1,
    WASI_FSTFLAG_ATIM_NOW = 2,
    WASI_FSTFLAG_MTIM = 4,
    WASI_FSTFLAG_MTIM_NOW = 8,
    WASI_FSTFLAGS_ALL = 15,
};

#define WASI_LOOKUPFLAGS_ALL 1 /* symbolic links, of which there are none */
#define WASI_ADVICE_COUNT 6

enum mote_wasi_whence { WASI_WHENCE_SET, WASI_WHENCE_CUR, WASI_WHENCE_END, WASI_WHENCE_COUNT };

enum mote_wasi_clockid {
    WASI_CLOCK_REALTIME,
    WASI_CLOCK_MONOTONIC,
    WASI_CLOCK_PROCESS_CPUTIME,
    WASI_CLOCK_THREAD_CPUTIME,
    WASI_CLOCK_COUNT
};

enum mote_wasi_eventtype { WASI_EVENT_CLOCK, WASI_EVENT_FD_READ, WASI_EVENT_FD_WRITE, WASI_EVENT_COUNT };

enum mote_wasi_signal {
    WASI_SIGNAL_NONE = 0,
    WASI_SIGNAL_CHLD = 16,
    WASI_SIGNAL_CONT = 17,
    WASI_SIGNAL_STOP = 18,
    WASI_SIGNAL_TTOU = 21,
    WASI_SIGNAL_URG = 22,
    WASI_SIGNAL_WINCH = 27,
    WASI_SIGNAL_COUNT = 31
};

#define WASI_SUBCLOCK_ABSTIME 1

/* Structures: size in bytes and where the fields lie. */
enum {
    WASI_IOVEC_SIZE = 8,
    WASI_IOVEC_BUF = 0,
    WASI_IOVEC_LEN = 4,

    WASI_FDSTAT_SIZE = 24,
    WASI_FDSTAT_FILETYPE = 0,
    WASI_FDSTAT_FLAGS = 2,
    WASI_FDSTAT_RIGHTS_BASE = 8,
    WASI_FDSTAT_RIGHTS_INHERITING = 16,

    WASI_FILESTAT_SIZE = 64,
    WASI_FILESTAT_INO = 8,
    WASI_FILESTAT_FILETYPE = 16,
    WASI_FILESTAT_NLINK = 24,
    WASI_FILESTAT_BYTES = 32,

    WASI_PRESTAT_SIZE = 8,
    WASI_PRESTAT_NAME_LEN = 4,

    WASI_DIRENT_SIZE = 24,
    WASI_DIRENT_NEXT = 0,
    WASI_DIRENT_INO = 8,
    WASI_DIRENT_NAMLEN = 16,
    WASI_DIRENT_TYPE = 20,

    WASI_SUBSCRIPTION_SIZE = 48,
    WASI_SUBSCRIPTION_USERDATA = 0,
    WASI_SUBSCRIPTION_TAG = 8,
    WASI_SUBSCRIPTION_FD = 16,
    WASI_SUBSCRIPTION_CLOCK_ID = 16,
    WASI_SUBSCRIPTION_CLOCK_TIMEOUT = 24,
    WASI_SUBSCRIPTION_CLOCK_FLAGS = 40,

    WASI_EVENT_SIZE = 32,
    WASI_EVENT_USERDATA = 0,
    WASI_EVENT_ERROR = 8,
    WASI_EVENT_TYPE = 10,
    WASI_EVENT_NBYTES = 16,
};

static inline void mote_put_u16(void *at, uint16_t value)
{
    *(mote_u16_any *)at = value;
}
static inline void mote_put_u32(void *at, uint32_t value)
{
    *(mote_u32_any *)at = value;
}
static inline void mote_put_u64(void *at, uint64_t value)
{
    *(mote_u64_any *)at = value;
}

#endif

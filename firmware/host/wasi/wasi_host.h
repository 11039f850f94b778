/* What the groups of WASI functions share: the state of one registration, the one door from a guest's address to memory, and how a
   function ends. */
#ifndef HOST_WASI_WASI_HOST_H
#define HOST_WASI_WASI_HOST_H

#include "host/wasi/fdtable.h"
#include "host/wasi/wasi_abi.h"
#include "mote_wasi.h"

/* Between two breaths at most this many bytes are moved, or buffers or subscriptions looked at. */
#define WASI_CHUNK_BYTES 4096u
#define WASI_CHUNK_STEPS 256u

struct mote_wasi {
    struct mote_runtime *runtime;
    struct mote_host_module module;   /* the row that the runtime knows; its user is this structure */
    struct mote_wasi_options options;
    uint32_t arg_bytes;               /* all arguments with their zero bytes */
    uint32_t environ_bytes;
    uint32_t exit_code;
    struct mote_fd_table fds;
};

/* `size` bytes of the guest's memory from `address` on (its low 32 bits count, as in `values`), or NULL (FAULT). Valid until the
   function returns. */
uint8_t *mote_wasi_at(const struct mote_caller *caller, uint64_t address, uint64_t size);

/* Ends a function with `error`. INTR stands for "the agent was interrupted" and becomes a trap; the guest never sees it. */
enum mote_trap mote_wasi_end(uint64_t *values, enum mote_errno error);

/* A breath, which whatever a guest can make long takes every few milliseconds: lets others have the lock for a moment. Whether the agent was interrupted. */
bool mote_wasi_breathe(const struct mote_caller *caller);

/* Fill in a guest's filestat, of WASI_FILESTAT_SIZE bytes. */
void mote_wasi_put_filestat(uint8_t *stat, enum mote_wasi_filetype type, uint32_t inode, uint32_t size_bytes);

/* Whether flags say in good form which times are to be set. */
enum mote_errno mote_wasi_check_times(uint64_t flags);

/* fd_read and fd_write once the descriptor is found: `values` as theirs. */
enum mote_trap mote_wasi_read_list(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd);
enum mote_trap mote_wasi_write_list(struct mote_caller *caller, uint64_t *values, struct mote_fd *fd);

static inline struct mote_wasi *mote_wasi_of(const struct mote_caller *caller)
{
    return caller->user;
}

/* One prototype for each row of tables/wasi.def: mote_wasi_<name>. */
#define WASI_GROUP(name, enabled)
#define WASI(name, signature, group) enum mote_trap mote_wasi_##name(struct mote_caller *caller, uint64_t *values);
#define WASI_ERRNO(name, number)
#include "tables/wasi.def"
#undef WASI_GROUP
#undef WASI
#undef WASI_ERRNO

#endif

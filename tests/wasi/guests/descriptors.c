/* Every descriptor function on the standard streams; prints the error numbers. */
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define SHOW(call) fprintf(stderr, "%s: %d\n", #call, call)

static __wasi_filesize_t at;
static __wasi_size_t moved;
static __wasi_fdstat_t stat;
static __wasi_filestat_t filestat;
static __wasi_prestat_t prestat;
static uint8_t name[4];
static uint8_t byte = 'x';
static __wasi_iovec_t in = {&byte, 1};
static __wasi_ciovec_t out = {(const uint8_t *)"out\n", 4};

static void look(__wasi_fd_t fd)
{
    int error = __wasi_fd_fdstat_get(fd, &stat);
    fprintf(stderr, "fd %d: error %d type %d flags %d rights %llx %llx\n", (int)fd, error, stat.fs_filetype, stat.fs_flags,
            (unsigned long long)stat.fs_rights_base, (unsigned long long)stat.fs_rights_inheriting);
}

static void positions(void)
{
    SHOW(__wasi_fd_seek(0, 0, __WASI_WHENCE_SET, &at));
    SHOW(__wasi_fd_seek(1, 0, 3, &at));
    SHOW(__wasi_fd_seek(3, 0, __WASI_WHENCE_SET, &at));
    SHOW(__wasi_fd_tell(1, &at));
    SHOW(__wasi_fd_tell(9, &at));
    SHOW(__wasi_fd_prestat_get(0, &prestat));
    SHOW(__wasi_fd_prestat_get(3, &prestat));
    SHOW(__wasi_fd_prestat_dir_name(3, name, sizeof name));
    SHOW(__wasi_fd_sync(1));
    SHOW(__wasi_fd_datasync(2));
    SHOW(__wasi_fd_sync(0));
    SHOW(__wasi_fd_sync(-1));
    SHOW(__wasi_fd_filestat_get(1, &filestat));
    fprintf(stderr, "size %llu links %llu\n", (unsigned long long)filestat.size, (unsigned long long)filestat.nlink);
    SHOW(__wasi_fd_filestat_get(64, &filestat));
    SHOW(__wasi_fd_advise(1, 0, 0, 0));
}

static void flags_and_rights(void)
{
    SHOW(__wasi_fd_fdstat_set_flags(0, __WASI_FDFLAGS_NONBLOCK));
    look(0);
    SHOW(__wasi_fd_fdstat_set_flags(0, 0));
    SHOW(__wasi_fd_fdstat_set_flags(1, __WASI_FDFLAGS_SYNC));
    SHOW(__wasi_fd_fdstat_set_flags(1, 32));
    SHOW(__wasi_fd_fdstat_set_flags(7, 0));
    SHOW(__wasi_fd_write(0, &out, 1, &moved));
    SHOW(__wasi_fd_read(1, &in, 1, &moved));
    SHOW(__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_READ, 0));
    SHOW(__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_FILESTAT_GET, 0));
    SHOW(__wasi_fd_write(1, &out, 1, &moved));
    SHOW(__wasi_fd_fdstat_set_rights(1, __WASI_RIGHTS_FD_WRITE, 0));
}

static void closing(void)
{
    SHOW(__wasi_fd_renumber(2, 3));
    SHOW(__wasi_fd_renumber(3, 2));
    SHOW(__wasi_fd_renumber(2, 2));
    SHOW(__wasi_fd_close(1));
    SHOW(__wasi_fd_close(1));
    SHOW(__wasi_fd_write(1, &out, 1, &moved));
    SHOW(__wasi_fd_renumber(2, 1));
    SHOW(__wasi_fd_close(0));
    SHOW(__wasi_fd_read(0, &in, 1, &moved));
    SHOW(__wasi_fd_close(-1));
    SHOW(__wasi_fd_close(64));
}

int main(void)
{
    look(0);
    look(1);
    look(2);
    look(3);
    positions();
    flags_and_rights();
    closing();
    return 0;
}

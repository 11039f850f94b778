/* The functions on files as a program calls them that does not trust its library: paths that lead astray, rights, flags, descriptors of the wrong kind.
   Before it runs there are /secret and /jail/file. */
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define ROOT 3
#define SHOW(call) printf("%s: %d\n", #call, (int)(call))

enum {
    READING = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL,
    WRITING = READING | __WASI_RIGHTS_FD_WRITE,
};

static __wasi_fd_t fd;
static char buffer[300], long_path[70000];
static __wasi_iovec_t in = {(uint8_t *)buffer, 10};
static __wasi_ciovec_t out = {(const uint8_t *)"x", 1};
static __wasi_size_t moved;
static __wasi_filestat_t stat;
static __wasi_fdstat_t state;
static __wasi_prestat_t prestat;
static __wasi_filesize_t place;

/* wasi-libc's own functions measure the path: these take any bytes. */
int32_t raw_path_open(int32_t, int32_t, const void *, int32_t, int32_t, int64_t, int64_t, int32_t, __wasi_fd_t *)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));
int32_t raw_path_filestat_get(int32_t, int32_t, const void *, int32_t, __wasi_filestat_t *)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_filestat_get")));

static int open_path(__wasi_fd_t from, const char *path, size_t length, int flags, int64_t rights)
{
    int error = raw_path_open(from, 0, path, (int32_t)length, flags, rights, rights, 0, &fd);
    if (error == 0) {
        (void)__wasi_fd_close(fd);
    }
    return error;
}

/* What looking, making a directory and removing it, reading, creating a file and removing it gives. */
static void try(__wasi_fd_t from, const char *path)
{
    size_t length = strlen(path);
    int look = raw_path_filestat_get(from, 0, path, (int32_t)length, &stat);
    int make = __wasi_path_create_directory(from, path);
    int remove = __wasi_path_remove_directory(from, path);
    int read = open_path(from, path, length, 0, READING);
    int create = open_path(from, path, length, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, WRITING);
    for (size_t i = 0; i < length; i++) {
        printf(path[i] > ' ' && path[i] <= '~' ? "%c" : "<%02x>", (uint8_t)path[i]);
    }
    printf(": look %d, directory %d %d, read %d, create %d", look, make, remove, read, create);
    printf(", remove %d\n", create == 0 || look != 0 ? __wasi_path_unlink_file(from, path) : -1);
}

static void paths(__wasi_fd_t from)
{
    static const char *const all[] = {
        "file", "./file", "../jail/file", "..", "../secret", "../../secret", "x/../../secret", "file/..", "file/../file", "none/..", "none/../file",
        "/secret", "/", "//", "", ".", "./.", "a/", "file/", "file/.", "file/x", "file//", "\xff", "\xc3", "a\xc3\xa4", "\xed\xa0\x80",
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        try(from, all[i]);
    }
    printf("zero bytes: %d %d\n", open_path(from, "file\0", 5, 0, READING), open_path(from, "\0", 1, 0, READING));
    memset(long_path, 'n', sizeof long_path);
    printf("long names: %d %d %d %d\n", open_path(from, long_path, 63, __WASI_OFLAGS_CREAT, WRITING),
           open_path(from, long_path, 64, __WASI_OFLAGS_CREAT, WRITING), open_path(from, long_path, 65535, 0, READING),
           open_path(from, long_path, -1, 0, READING));
    for (size_t i = 0; i + 1 < sizeof long_path; i += 2) {
        memcpy(long_path + i, "./", 2);
    }
    printf("much of nothing: %d %d\n", open_path(from, long_path, 300, 0, READING), open_path(from, long_path, 65536, 0, READING));
    for (size_t i = 0; i + 3 < sizeof long_path; i += 3) {
        memcpy(long_path + i, "../", 3);
    }
    printf("much of up: %d\n", open_path(from, long_path, 300, 0, READING));
}

static __wasi_fd_t open_dir(const char *path, int64_t rights, int64_t inheriting)
{
    __wasi_fd_t dir = 0;
    printf("open %s: %d\n", path, raw_path_open(ROOT, 0, path, (int32_t)strlen(path), __WASI_OFLAGS_DIRECTORY, rights, inheriting, 0, &dir));
    return dir;
}

static void rights(void)
{
    __wasi_fd_t dir = open_dir("jail", __WASI_RIGHTS_PATH_OPEN, READING);
    SHOW(open_path(dir, "file", 4, 0, READING));
    SHOW(open_path(dir, "file", 4, 0, WRITING));
    SHOW(open_path(dir, "new", 3, __WASI_OFLAGS_CREAT, READING));
    SHOW(open_path(dir, "file", 4, __WASI_OFLAGS_TRUNC, READING));
    SHOW(__wasi_path_create_directory(dir, "new"));
    SHOW(__wasi_path_unlink_file(dir, "file"));
    SHOW(__wasi_path_rename(dir, "file", ROOT, "taken"));
    SHOW(__wasi_path_rename(ROOT, "secret", dir, "taken"));
    SHOW(raw_path_filestat_get(dir, 0, "file", 4, &stat));
    SHOW(__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, 0, &moved));
    SHOW(__wasi_fd_close(dir));
    SHOW(raw_path_open(ROOT, 0, "jail/file", 9, 0, READING, 0, 0, &fd));
    SHOW(__wasi_fd_fdstat_get(fd, &state));
    printf("  %d %d %llx %llx\n", state.fs_filetype, state.fs_flags, (unsigned long long)state.fs_rights_base,
           (unsigned long long)state.fs_rights_inheriting);
    SHOW(__wasi_fd_write(fd, &out, 1, &moved));
    SHOW(__wasi_fd_pwrite(fd, &out, 1, 0, &moved));
    SHOW(__wasi_fd_filestat_set_size(fd, 0));
    SHOW(__wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_TELL, 0));
    SHOW(__wasi_fd_read(fd, &in, 1, &moved));
    SHOW(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &place));
    SHOW(__wasi_fd_seek(fd, 1, __WASI_WHENCE_CUR, &place));
    SHOW(__wasi_fd_tell(fd, &place));
    SHOW(__wasi_fd_close(fd));
}

static void flags(void)
{
    SHOW(raw_path_open(ROOT, 2, "jail", 4, 0, READING, 0, 0, &fd));
    SHOW(raw_path_open(ROOT, 0, "jail", 4, 16, READING, 0, 0, &fd));
    SHOW(raw_path_open(ROOT, 0, "jail", 4, 0, READING, 0, 32, &fd));
    SHOW(raw_path_open(ROOT, 0, "jail", 4, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, READING, 0, 0, &fd));
    SHOW(raw_path_open(ROOT, 0, "jail", 4, 0, 1LL << 40, 0, 0, &fd));
    SHOW(raw_path_filestat_get(ROOT, 2, "jail", 4, &stat));
    SHOW(__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
    SHOW(__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM_NOW));
    SHOW(__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, 16));
}

static void kinds(void)
{
    __wasi_fd_t dir = open_dir("jail", __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN, 0);
    SHOW(__wasi_fd_read(dir, &in, 1, &moved));
    SHOW(__wasi_fd_write(dir, &out, 1, &moved));
    SHOW(__wasi_fd_pread(dir, &in, 1, 0, &moved));
    SHOW(__wasi_fd_seek(dir, 0, __WASI_WHENCE_SET, &place));
    SHOW(__wasi_fd_filestat_set_size(dir, 0));
    SHOW(__wasi_fd_allocate(dir, 0, 1));
    SHOW(__wasi_fd_prestat_get(dir, &prestat));
    SHOW(__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, 0, &moved));
    SHOW(__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, UINT64_MAX, &moved));
    printf("  %d\n", (int)moved);
    SHOW(__wasi_fd_readdir(dir, (uint8_t *)buffer, 30, 1, &moved));
    printf("  %d\n", (int)moved);
    SHOW(__wasi_fd_readdir(1, (uint8_t *)buffer, 30, 0, &moved));
    SHOW(__wasi_fd_pread(0, &in, 1, 0, &moved));
    SHOW(__wasi_fd_pwrite(1, &out, 1, 0, &moved));
    SHOW(__wasi_fd_filestat_set_size(1, 0));
    SHOW(__wasi_fd_allocate(1, 0, 1));
    SHOW(open_path(1, "file", 4, 0, READING));
    SHOW(open_path(9, "file", 4, 0, READING));
    SHOW(__wasi_fd_renumber(dir, ROOT));
    SHOW(__wasi_fd_prestat_get(ROOT, &prestat));
    SHOW(open_path(ROOT, "file", 4, 0, 0));
    SHOW(__wasi_fd_close(ROOT));
    SHOW(open_path(ROOT, "file", 4, 0, 0));
}

int main(void)
{
    SHOW(__wasi_fd_prestat_get(ROOT, &prestat));
    SHOW(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)buffer, 0));
    SHOW(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)buffer, 1));
    printf("  %d %d %c\n", prestat.tag, (int)prestat.u.dir.pr_name_len, buffer[0]);
    SHOW(__wasi_fd_fdstat_get(ROOT, &state));
    printf("  %d %d %llx %llx\n", state.fs_filetype, state.fs_flags, (unsigned long long)state.fs_rights_base,
           (unsigned long long)state.fs_rights_inheriting);
    __wasi_fd_t jail = open_dir("jail", (int64_t)state.fs_rights_inheriting, (int64_t)state.fs_rights_inheriting);
    paths(jail);
    (void)__wasi_fd_close(jail);
    rights();
    flags();
    kinds();
    return 0;
}

/* prints:
__wasi_fd_prestat_get(ROOT, &prestat): 0
__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)buffer, 0): 37
__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)buffer, 1): 0
  0 1 /
__wasi_fd_fdstat_get(ROOT, &state): 0
  3 0 7bffe18 fffffff
open jail: 0
file: look 0, directory 20 54, read 0, create 20, remove -1
./file: look 0, directory 20 54, read 0, create 20, remove -1
../jail/file: look 63, directory 63 63, read 63, create 63, remove 63
..: look 63, directory 63 63, read 63, create 63, remove 63
../secret: look 63, directory 63 63, read 63, create 63, remove 63
../../secret: look 63, directory 63 63, read 63, create 63, remove 63
x/../../secret: look 44, directory 44 44, read 44, create 44, remove 44
file/..: look 54, directory 54 54, read 54, create 54, remove 54
file/../file: look 54, directory 54 54, read 54, create 54, remove 54
none/..: look 44, directory 44 44, read 44, create 44, remove 44
none/../file: look 44, directory 44 44, read 44, create 44, remove 44
/secret: look 63, directory 63 63, read 63, create 63, remove 63
/: look 63, directory 63 63, read 63, create 63, remove 63
//: look 63, directory 63 63, read 63, create 63, remove 63
: look 44, directory 44 44, read 44, create 44, remove 44
.: look 0, directory 20 28, read 0, create 20, remove -1
./.: look 0, directory 20 28, read 0, create 20, remove -1
a/: look 44, directory 0 0, read 44, create 31, remove 44
file/: look 54, directory 20 54, read 54, create 54, remove 54
file/.: look 54, directory 54 54, read 54, create 54, remove 54
file/x: look 54, directory 54 54, read 54, create 54, remove 54
file//: look 54, directory 20 54, read 54, create 54, remove 54
<ff>: look 25, directory 25 25, read 25, create 25, remove 25
<c3>: look 25, directory 25 25, read 25, create 25, remove 25
a<c3><a4>: look 44, directory 0 0, read 44, create 0, remove 0
<ed><a0><80>: look 25, directory 25 25, read 25, create 25, remove 25
zero bytes: 28 28
long names: 0 37 37 21
much of nothing: 0 37
much of up: 63
open jail: 0
open_path(dir, "file", 4, 0, READING): 0
open_path(dir, "file", 4, 0, WRITING): 76
open_path(dir, "new", 3, __WASI_OFLAGS_CREAT, READING): 76
open_path(dir, "file", 4, __WASI_OFLAGS_TRUNC, READING): 76
__wasi_path_create_directory(dir, "new"): 76
__wasi_path_unlink_file(dir, "file"): 76
__wasi_path_rename(dir, "file", ROOT, "taken"): 76
__wasi_path_rename(ROOT, "secret", dir, "taken"): 76
raw_path_filestat_get(dir, 0, "file", 4, &stat): 76
__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, 0, &moved): 76
__wasi_fd_close(dir): 0
raw_path_open(ROOT, 0, "jail/file", 9, 0, READING, 0, 0, &fd): 0
__wasi_fd_fdstat_get(fd, &state): 0
  4 0 26 0
__wasi_fd_write(fd, &out, 1, &moved): 76
__wasi_fd_pwrite(fd, &out, 1, 0, &moved): 76
__wasi_fd_filestat_set_size(fd, 0): 76
__wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_TELL, 0): 0
__wasi_fd_read(fd, &in, 1, &moved): 76
__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &place): 0
__wasi_fd_seek(fd, 1, __WASI_WHENCE_CUR, &place): 76
__wasi_fd_tell(fd, &place): 0
__wasi_fd_close(fd): 0
raw_path_open(ROOT, 2, "jail", 4, 0, READING, 0, 0, &fd): 28
raw_path_open(ROOT, 0, "jail", 4, 16, READING, 0, 0, &fd): 28
raw_path_open(ROOT, 0, "jail", 4, 0, READING, 0, 32, &fd): 28
raw_path_open(ROOT, 0, "jail", 4, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, READING, 0, 0, &fd): 28
raw_path_open(ROOT, 0, "jail", 4, 0, 1LL << 40, 0, 0, &fd): 76
raw_path_filestat_get(ROOT, 2, "jail", 4, &stat): 28
__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW): 28
__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM_NOW): 0
__wasi_path_filestat_set_times(ROOT, 0, "jail", 1, 1, 16): 28
open jail: 0
__wasi_fd_read(dir, &in, 1, &moved): 8
__wasi_fd_write(dir, &out, 1, &moved): 8
__wasi_fd_pread(dir, &in, 1, 0, &moved): 8
__wasi_fd_seek(dir, 0, __WASI_WHENCE_SET, &place): 8
__wasi_fd_filestat_set_size(dir, 0): 8
__wasi_fd_allocate(dir, 0, 1): 8
__wasi_fd_prestat_get(dir, &prestat): 8
__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, 0, &moved): 0
__wasi_fd_readdir(dir, (uint8_t *)buffer, sizeof buffer, UINT64_MAX, &moved): 0
  0
__wasi_fd_readdir(dir, (uint8_t *)buffer, 30, 1, &moved): 0
  30
__wasi_fd_readdir(1, (uint8_t *)buffer, 30, 0, &moved): 54
__wasi_fd_pread(0, &in, 1, 0, &moved): 70
__wasi_fd_pwrite(1, &out, 1, 0, &moved): 70
__wasi_fd_filestat_set_size(1, 0): 70
__wasi_fd_allocate(1, 0, 1): 70
open_path(1, "file", 4, 0, READING): 54
open_path(9, "file", 4, 0, READING): 8
__wasi_fd_renumber(dir, ROOT): 0
__wasi_fd_prestat_get(ROOT, &prestat): 8
open_path(ROOT, "file", 4, 0, 0): 0
__wasi_fd_close(ROOT): 0
open_path(ROOT, "file", 4, 0, 0): 8
*/

/* A module's file, mapped read-only: the runtime neither copies nor changes it. */
#include "motert_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(const char *path, const char *why)
{
    fprintf(stderr, "motert: %s: %s\n", path, why);
    return false;
}

static bool map(struct motert_file *file, const char *path, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return refuse(path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(path, "not a file; give the path of a .wasm file");
    }
    if ((uint64_t)status.st_size > SIZE_MAX) {
        return refuse(path, "too large for this machine");
    }
    if (status.st_size == 0) {
        file->bytes = "";
        return true;
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        return refuse(path, strerror(errno));
    }
    file->bytes = bytes;
    file->size_bytes = (size_t)status.st_size;
    return true;
}

bool motert_file_open(struct motert_file *file, const char *path)
{
    *file = (struct motert_file){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make it wait */
    if (fd < 0) {
        return refuse(path, strerror(errno));
    }
    bool mapped = map(file, path, fd);
    close(fd);
    return mapped;
}

void motert_file_close(struct motert_file *file)
{
    if (file->size_bytes > 0) {
        munmap((void *)(uintptr_t)file->bytes, file->size_bytes);
    }
}

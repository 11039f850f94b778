/* A module's file, mapped read-only. */
#ifndef MOTERT_FILE_H
#define MOTERT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct motert_file {
    const void *bytes;
    size_t size_bytes;
};

/* False after one line on stderr. */
bool motert_file_open(struct motert_file *file, const char *path);
void motert_file_close(struct motert_file *file);

#endif

/* The firmware as ports start it. */
#ifndef MAIN_H
#define MAIN_H

#include <stddef.h>

struct fw_options {
    void *memory; /* for everything: modules, uploads, the shell */
    size_t memory_bytes;
};

/* Runs the device on the calling thread, which becomes the main thread. Comes back only where the line can end (a process whose input
   is at its end): 0 then; 1 when it could not start, which it has said on the console. */
int fw_main(const struct fw_options *options);

#endif

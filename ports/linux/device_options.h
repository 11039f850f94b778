/* The command line of mote-device. */
#ifndef DEVICE_OPTIONS_H
#define DEVICE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device_options {
    const char *flash; /* beginning of the names of the files that are its flash memory */
    uint32_t store_bytes;
    uint32_t files_bytes;
    uint32_t sector_bytes;
    size_t memory_bytes;
    bool has_pty, has_tcp, has_udp;
    const char *pty_link; /* NULL: none */
    unsigned tcp_port;
    unsigned udp_port;
};

/* -1: go on; otherwise the status to end with, everything having been said. */
int device_options_parse(struct device_options *options, int count, char **arguments);

#endif

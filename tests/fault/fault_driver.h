/* The parts of the fault driver: `fault-driver VERB ARGUMENTS`, one verb a file; exit status 0 when nothing is wrong. */
#ifndef FAULT_DRIVER_H
#define FAULT_DRIVER_H

#include <stdio.h>

#include "mote.h"

/* An allocator over malloc with an account, which can be told to fail. */
struct fault_account {
    size_t bytes;        /* in use now */
    uint64_t requests;   /* for more memory, so far */
    uint64_t fail_from;  /* requests from this one on fail, counted from 1; 0: none */
    uint64_t fail_until; /* the last one that fails */
};
struct mote_allocator fault_allocator(struct fault_account *account);
bool fault_has_failed(const struct fault_account *account);

/* A module file, or NULL bytes. `name` is what its instance is registered as, or empty: arguments are [NAME=]FILE. */
struct fault_file {
    char name[64];
    const char *path;
    uint8_t *bytes;
    size_t size;
};
bool fault_read_file(const char *argument, struct fault_file *file);

/* One life of a runtime: make it, load and instantiate the files in order, call their exports without parameters, free all. A step that
   fails for want of memory is tried once more. False: something is wrong, and was said on stderr. */
struct fault_life {
    struct fault_account account;
    struct mote_runtime *runtime;
    struct mote_agent *agent;
    struct mote_wasi *wasi;
    unsigned refusals; /* steps that failed for want of memory */
    bool gave_up;      /* a step failed twice */
};
bool fault_live(struct fault_life *life, const struct fault_file *files, int count);

/* The verbs. */
int fault_sweep(int count, char **arguments);    /* [NAME=]FILE...: make each allocation fail in turn */
int fault_prefixes(int count, char **arguments); /* FILE...: load each prefix of each file */
int fault_native(int count, char **arguments);   /* EXPECTED FILE...: spoil the native section, call "f" */
int fault_soak(int count, char **arguments);     /* CYCLES [NAME=]FILE...: live again and again */
int fault_store_cuts(int count, char **arguments); /* EVERY [FILE]: lose power while the store is written, and let flash fail */
int fault_store_use(int count, char **arguments);  /* STEPS: use nearly full stores */
int fault_store_flips(int count, char **arguments); /* EVERY: flip each bit of headers and commit blocks */
int fault_store_updates(int count, char **arguments); /* UPDATES [SHAPES]: update a package again and again */
int fault_files_cuts(int count, char **arguments); /* EVERY: lose power while files are written, and let flash fail */

#endif

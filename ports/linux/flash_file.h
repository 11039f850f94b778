/* Flash memory of the Linux port: each region is a file that keeps to the rules of flash. For tests, power can be lost in the middle of an operation
   and operations can fail. */
#ifndef FLASH_FILE_H
#define FLASH_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/flash.h"

struct flash_file {
    const char *path; /* made, erased, when it is not there; NULL: memory that goes with the process */
    uint32_t size;    /* bytes; an existing file of another size is refused (EINVAL) */
    uint32_t sector_bytes;
    uint32_t write_bytes;
};

/* Makes a region; one that was open is closed first. False: errno says why; EWOULDBLOCK: another process has it open. */
bool flash_file_open(enum hal_flash_region region, const struct flash_file *file);
void flash_file_close(enum hal_flash_region region);

/* What is left of the operation during which power is lost. */
enum flash_cut {
    FLASH_CUT_BEFORE,    /* nothing of it */
    FLASH_CUT_HALF,      /* a part from its beginning on */
    FLASH_CUT_GARBAGE,   /* a part, and random bytes behind */
    FLASH_CUT_SCATTERED, /* pieces of it, in any order */
    FLASH_CUTS,
};

/* An operation is a write or the erasing of one sector, in any region. They are counted from 1; the counting begins with this call. */
struct flash_faults {
    uint64_t cut_at; /* operation during which power is lost; 0: none */
    enum flash_cut cut;
    uint32_t seed;         /* for the parts and the garbage */
    void (*lost)(void);    /* what happens then; does not return */
    uint64_t fail_from, fail_until; /* operations that fail, with garbage left behind */
};

void flash_file_set_faults(const struct flash_faults *faults);
/* Operations since then. */
uint64_t flash_file_operations(void);

/* How often a sector has been erased since the region was opened. */
uint32_t flash_file_erases(enum hal_flash_region region, uint32_t sector);

/* A region as it is, to go back to again and again; free() ends it. NULL: no memory. */
void *flash_file_save(enum hal_flash_region region);
bool flash_file_restore(enum hal_flash_region region, const void *saved);

#endif

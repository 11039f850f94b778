/* Flash memory in files. A region is mapped read-only, so that code in it can be executed in place (code.c); it changes by writes to the file, which the
   mapping shows. Erased means 0xFF, and what has been written cannot be written again before it is erased: that is remembered for each
   unit, since a unit full of ones looks erased. */
#include "hal/flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flash_file.h"

#define PIECE_BYTES 4096u
#define SCATTER_BYTES 16u

struct region {
    struct hal_flash flash; /* data NULL: not open */
    int file;
    uint8_t *is_written; /* a byte for each unit */
    uint32_t *erases;    /* of each sector */
};

static struct region regions[HAL_FLASH_REGIONS];
static struct flash_faults faults;
static uint64_t operations;
static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(random_state >> 8) * below) >> 24);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static bool put(const struct region *region, uint32_t at, const void *data, uint32_t size)
{
    const char *bytes = data;
    while (size > 0) {
        ssize_t done = pwrite(region->file, bytes, size, (off_t)at);
        if (done <= 0) {
            return false;
        }
        bytes += done;
        at += (uint32_t)done;
        size -= (uint32_t)done;
    }
    return true;
}

static bool put_erased(const struct region *region, uint32_t at, uint32_t size)
{
    uint8_t erased[PIECE_BYTES];
    memset(erased, 0xFF, sizeof erased);
    while (size > 0) {
        uint32_t piece = size < PIECE_BYTES ? size : PIECE_BYTES;
        if (!put(region, at, erased, piece)) {
            return false;
        }
        at += piece;
        size -= piece;
    }
    return true;
}

/* A file of the right size; a new one is erased. */
static bool open_file(struct region *region, const struct flash_file *file)
{
    region->file = file->path ? open(file->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : memfd_create("flash", MFD_CLOEXEC);
    struct stat status;
    if (region->file < 0 || flock(region->file, LOCK_EX | LOCK_NB) != 0 || fstat(region->file, &status) != 0) {
        return false;
    }
    if (status.st_size == 0) {
        return put_erased(region, 0, file->size);
    }
    errno = EINVAL;
    return status.st_size == (off_t)file->size;
}

static void find_written(struct region *region)
{
    const struct hal_flash *flash = &region->flash;
    for (uint32_t i = 0; i < flash->size; i++) {
        if (flash->data[i] != 0xFF) {
            region->is_written[i / flash->write_bytes] = 1;
        }
    }
}

static bool is_power_of_two(uint32_t value, uint32_t least, uint32_t most)
{
    return value >= least && value <= most && (value & (value - 1)) == 0;
}

bool flash_file_open(enum hal_flash_region which, const struct flash_file *file)
{
    flash_file_close(which);
    struct region *region = &regions[which];
    errno = EINVAL;
    if (!is_power_of_two(file->sector_bytes, 256, 262144) || !is_power_of_two(file->write_bytes, 1, 32) || file->size == 0 ||
        file->size % file->sector_bytes != 0) {
        return false;
    }
    void *data = open_file(region, file) ? mmap(NULL, file->size, PROT_READ, MAP_SHARED, region->file, 0) : MAP_FAILED;
    region->is_written = calloc(file->size / file->write_bytes, 1);
    region->erases = calloc(file->size / file->sector_bytes, sizeof *region->erases);
    if (data == MAP_FAILED || !region->is_written || !region->erases) {
        int why = errno;
        flash_file_close(which);
        errno = why;
        return false;
    }
    region->flash = (struct hal_flash){data, file->size, file->sector_bytes, file->write_bytes};
    find_written(region);
    return true;
}

void flash_file_close(enum hal_flash_region which)
{
    struct region *region = &regions[which];
    if (region->flash.data) {
        munmap((void *)(uintptr_t)region->flash.data, region->flash.size);
    }
    if (region->file > 0) {
        close(region->file);
    }
    free(region->is_written);
    free(region->erases);
    *region = (struct region){0};
}

const struct hal_flash *hal_flash_region(enum hal_flash_region which)
{
    return regions[which].flash.data ? &regions[which].flash : NULL;
}

/* ---- Faults ------------------------------------------------------------------------------------------------------ */

void flash_file_set_faults(const struct flash_faults *wanted)
{
    faults = *wanted;
    operations = 0;
    random_state = wanted->seed;
}

uint64_t flash_file_operations(void)
{
    return operations;
}

uint32_t flash_file_erases(enum hal_flash_region which, uint32_t sector)
{
    return regions[which].erases[sector];
}

void *flash_file_save(enum hal_flash_region which)
{
    const struct hal_flash *flash = &regions[which].flash;
    uint32_t units = flash->size / flash->write_bytes;
    uint8_t *saved = malloc(flash->size + units);
    if (saved) {
        memcpy(saved, flash->data, flash->size);
        memcpy(saved + flash->size, regions[which].is_written, units);
    }
    return saved;
}

bool flash_file_restore(enum hal_flash_region which, const void *saved)
{
    const struct hal_flash *flash = &regions[which].flash;
    const uint8_t *bytes = saved;
    bool is_good = true;
    memcpy(regions[which].is_written, bytes + flash->size, flash->size / flash->write_bytes);
    for (uint32_t at = 0; at < flash->size && is_good; at += PIECE_BYTES) {
        uint32_t piece = flash->size - at < PIECE_BYTES ? flash->size - at : PIECE_BYTES;
        is_good = memcmp(flash->data + at, bytes + at, piece) == 0 || put(&regions[which], at, bytes + at, piece);
    }
    return is_good;
}

/* Bytes [from, from + size) of an operation: what was to be written, or (data NULL) erased ones. */
static void set_part(uint8_t *bytes, const uint8_t *data, uint32_t from, uint32_t size)
{
    if (data) {
        memcpy(bytes + from, data + from, size);
    } else {
        memset(bytes + from, 0xFF, size);
    }
}

/* What an operation that was broken off has touched counts as written: units that it has finished, and whatever does not look erased. */
static void note_touched(struct region *region, uint32_t at, uint32_t size, uint32_t finished)
{
    uint32_t unit = region->flash.write_bytes;
    memset(region->is_written + at / unit, 0, size / unit);
    memset(region->is_written + at / unit, 1, finished / unit);
    for (uint32_t i = at; i < at + size; i++) {
        region->is_written[i / unit] |= region->flash.data[i] != 0xFF;
    }
}

/* A part of an operation that ends before its time. */
static void do_partly(struct region *region, uint32_t at, const uint8_t *data, uint32_t size, enum flash_cut cut)
{
    uint32_t done = cut == FLASH_CUT_BEFORE ? 0 : next_random(size + 1);
    uint8_t *bytes = malloc(size);
    if (!bytes) {
        abort();
    }
    memcpy(bytes, region->flash.data + at, size);
    if (cut == FLASH_CUT_SCATTERED) {
        uint32_t chunk = data ? 1 : SCATTER_BYTES;
        for (uint32_t i = 0; i < size; i += chunk) {
            if (next_random(2)) {
                set_part(bytes, data, i, chunk);
            }
        }
    } else {
        set_part(bytes, data, 0, done);
    }
    if (cut == FLASH_CUT_GARBAGE) {
        uint32_t left = size - done;
        for (uint32_t end = done + next_random((left < 64 ? left : 64) + 1); done < end; end--) {
            bytes[end - 1] = (uint8_t)next_random(256);
        }
    }
    put(region, at, bytes, size);
    free(bytes);
    note_touched(region, at, size, data && cut != FLASH_CUT_SCATTERED ? done : 0);
}

/* Counts an operation; true when it is to be done as usual. */
static bool begin(struct region *region, uint32_t at, const uint8_t *data, uint32_t size)
{
    operations++;
    if (operations == faults.cut_at) {
        do_partly(region, at, data, size, faults.cut);
        faults.lost();
        abort();
    }
    bool is_failing = operations >= faults.fail_from && operations <= faults.fail_until;
    if (is_failing) {
        do_partly(region, at, data, size, FLASH_CUT_GARBAGE);
    }
    return !is_failing;
}

/* ---- Erasing and writing ----------------------------------------------------------------------------------------- */

static struct region *find(enum hal_flash_region which, uint32_t at, uint32_t size, uint32_t unit)
{
    struct region *region = &regions[which];
    bool is_inside = region->flash.data && size <= region->flash.size && at <= region->flash.size - size;
    return is_inside && at % unit == 0 && size % unit == 0 ? region : NULL;
}

bool hal_flash_erase(enum hal_flash_region which, uint32_t at, uint32_t size)
{
    uint32_t sector = regions[which].flash.data ? regions[which].flash.sector_bytes : 1;
    struct region *region = find(which, at, size, sector);
    for (uint32_t end = at + size; region && at < end; at += sector) {
        uint32_t units = sector / region->flash.write_bytes;
        if (!begin(region, at, NULL, sector) || !put_erased(region, at, sector)) {
            return false;
        }
        memset(region->is_written + at / region->flash.write_bytes, 0, units);
        region->erases[at / sector]++;
    }
    return region != NULL;
}

bool hal_flash_write(enum hal_flash_region which, uint32_t at, const void *data, uint32_t size)
{
    uint32_t unit = regions[which].flash.data ? regions[which].flash.write_bytes : 1;
    struct region *region = find(which, at, size, unit);
    if (!region || memchr(region->is_written + at / unit, 1, size / unit)) {
        return false;
    }
    if (!begin(region, at, data, size) || !put(region, at, data, size)) {
        return false;
    }
    memset(region->is_written + at / unit, 1, size / unit);
    return true;
}

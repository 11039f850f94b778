/* littlefs and the flash below it: mounting the region HAL_FLASH_FILES, reading, writing and erasing it, and letting others run meanwhile. */
#include "hal/clock.h"
#include "host/wasi/vfs_littlefs.h"

#define BLOCK_BYTES_MIN 4096     /* smaller sectors are taken together */
#define METADATA_BYTES_MAX 16384 /* of a directory in a block: all of it is read for each look-up */
#define ERASES_BEFORE_MOVE 500   /* of a directory: wear is then another block's */
#define PROGRAM_BYTES_MIN 16     /* what is written at once: the end of a record is padded to it */
#define BREATH_NS 4000000        /* how long an operation keeps others from running */
#define NAP_NS 1000000
#define NAPS_MAX 30

_Static_assert(LFS_NAME_MAX == MOTE_VFS_NAME_MAX, "names have one length");

/* Lets others run for a moment when that was long ago. They find the file system busy. */
static struct mote_littlefs *breathe(const struct lfs_config *config)
{
    struct mote_littlefs *fs = config->context;
    if (hal_clock_now_ns() - fs->since_ns > BREATH_NS) {
        hal_clock_sleep_ns(1);
        fs->since_ns = hal_clock_now_ns();
    }
    return fs;
}

static int read_block(const struct lfs_config *config, lfs_block_t block, lfs_off_t offset, void *data, lfs_size_t size)
{
    memcpy(data, breathe(config)->flash->data + block * config->block_size + offset, size);
    return LFS_ERR_OK;
}

/* A block that cannot be written or erased counts as bad: littlefs then takes another one. */
static int write_block(const struct lfs_config *config, lfs_block_t block, lfs_off_t offset, const void *data, lfs_size_t size)
{
    breathe(config);
    return hal_flash_write(HAL_FLASH_FILES, block * config->block_size + offset, data, size) ? LFS_ERR_OK : LFS_ERR_CORRUPT;
}

static int erase_block(const struct lfs_config *config, lfs_block_t block)
{
    breathe(config);
    return hal_flash_erase(HAL_FLASH_FILES, block * config->block_size, config->block_size) ? LFS_ERR_OK : LFS_ERR_CORRUPT;
}

static int sync_blocks(const struct lfs_config *config)
{
    (void)config; /* what hal_flash_write has written is written */
    return LFS_ERR_OK;
}

static void nap(struct mote_vfs *vfs)
{
    vfs->is_wanted = true;
    hal_clock_sleep_ns(NAP_NS);
}

bool mote_vfs_wait(struct mote_vfs *vfs)
{
    for (unsigned i = 0; i < NAPS_MAX && vfs->is_busy; i++) {
        nap(vfs);
    }
    return !vfs->is_busy;
}

struct mote_littlefs *mote_littlefs_enter(struct mote_vfs *vfs)
{
    while (vfs->is_busy) {
        nap(vfs);
    }
    vfs->is_busy = true;
    return (struct mote_littlefs *)vfs;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void configure(struct mote_littlefs *fs, const struct hal_flash *flash)
{
    fs->vfs.ops = &mote_littlefs_ops;
    fs->flash = flash;
    uint32_t block_bytes = larger(flash->sector_bytes, BLOCK_BYTES_MIN);
    fs->config = (struct lfs_config){
        .context = fs,
        .read = read_block,
        .prog = write_block,
        .erase = erase_block,
        .sync = sync_blocks,
        .read_size = 1,
        .prog_size = larger(flash->write_bytes, PROGRAM_BYTES_MIN),
        .block_size = block_bytes,
        .block_count = flash->size / block_bytes,
        .block_cycles = ERASES_BEFORE_MOVE,
        .cache_size = LITTLEFS_CACHE_BYTES,
        .lookahead_size = LITTLEFS_LOOKAHEAD_BYTES,
        .read_buffer = fs->read_cache,
        .prog_buffer = fs->program_cache,
        .lookahead_buffer = fs->lookahead,
        .metadata_max = block_bytes < METADATA_BYTES_MAX ? block_bytes : METADATA_BYTES_MAX,
    };
}

/* Whether there is nothing in the region but, perhaps, what a format wrote that was cut short: it writes to the first two blocks only. */
static bool is_blank(const struct mote_littlefs *fs)
{
    const uint8_t *at = fs->flash->data + 2 * (size_t)fs->config.block_size, *end = fs->flash->data + fs->flash->size;
    while (at < end && mote_get_u32(at) == UINT32_MAX) {
        at += 4;
    }
    return at >= end;
}

static int mount(struct mote_littlefs *fs)
{
    int result = lfs_mount(&fs->lfs, &fs->config);
    if (result == LFS_ERR_CORRUPT && is_blank(fs)) {
        result = lfs_format(&fs->lfs, &fs->config);
        result = result == LFS_ERR_OK ? lfs_mount(&fs->lfs, &fs->config) : result;
    }
    if (result == LFS_ERR_OK) {
        mote_littlefs_end_move(&fs->lfs);
    }
    return result;
}

static struct mote_littlefs *new_littlefs(const struct mote_allocator *allocator, const struct hal_flash *flash)
{
    struct mote_littlefs *fs = allocator->resize(allocator->user, NULL, 0, sizeof *fs);
    if (fs) {
        memset(fs, 0, sizeof *fs);
        fs->allocator = *allocator;
        configure(fs, flash);
    }
    return fs;
}

void mote_littlefs_unmount(struct mote_vfs *vfs)
{
    if (vfs) {
        struct mote_littlefs *fs = mote_littlefs_enter(vfs);
        struct mote_allocator allocator = fs->allocator;
        lfs_unmount(&fs->lfs);
        allocator.resize(allocator.user, fs, sizeof *fs, 0);
    }
}

enum mote_error mote_littlefs_format(const struct mote_allocator *allocator)
{
    const struct hal_flash *flash = hal_flash_region(HAL_FLASH_FILES);
    if (!flash) {
        return MOTE_ERROR_NO_STORE;
    }
    struct mote_littlefs *fs = new_littlefs(allocator, flash);
    if (!fs) {
        return MOTE_ERROR_NO_MEMORY;
    }
    int result = lfs_format(&fs->lfs, &fs->config);
    allocator->resize(allocator->user, fs, sizeof *fs, 0);
    return result == LFS_ERR_OK ? MOTE_ERROR_NONE : MOTE_ERROR_FLASH_FAILED;
}

enum mote_error mote_littlefs_mount(const struct mote_allocator *allocator, struct mote_vfs **out)
{
    const struct hal_flash *flash = hal_flash_region(HAL_FLASH_FILES);
    *out = NULL;
    if (!flash) {
        return MOTE_ERROR_NO_STORE;
    }
    struct mote_littlefs *fs = new_littlefs(allocator, flash);
    if (!fs) {
        return MOTE_ERROR_NO_MEMORY;
    }
    if (mount(fs) != LFS_ERR_OK) {
        allocator->resize(allocator->user, fs, sizeof *fs, 0);
        return MOTE_ERROR_FLASH_FAILED;
    }
    *out = &fs->vfs;
    return MOTE_ERROR_NONE;
}

/* host/wasi/vfs_littlefs.c and littlefs_mount.c: files in flash, what is shared and what is refused, full flash and spoilt flash. */
#include "../../ports/linux/flash_file.h"
#include "host/wasi/vfs.h"
#include "unit.h"

#include <setjmp.h>
#include <stdlib.h>

static const struct flash_file small_flash = {NULL, 131072, 4096, 1};
static const struct flash_faults no_faults;
static struct unit_account account;
static struct mote_vfs *vfs;
static jmp_buf power;

static void mount(void)
{
    struct mote_allocator allocator = unit_allocator(&account);
    CHECK_EQUAL(mote_littlefs_mount(&allocator, &vfs), MOTE_ERROR_NONE);
    REQUIRE(vfs != NULL);
}

static void open_flash(const struct flash_file *file)
{
    account = (struct unit_account){0};
    flash_file_set_faults(&no_faults);
    REQUIRE(flash_file_open(HAL_FLASH_FILES, file));
    mount();
}

static void close_flash(void)
{
    mote_littlefs_unmount(vfs);
    CHECK_EQUAL(account.bytes, 0);
    flash_file_close(HAL_FLASH_FILES);
}

static struct mote_vfs_file *open_file(const char *path, unsigned flags)
{
    struct mote_vfs_file *file = NULL;
    CHECK_EQUAL(vfs->ops->open(vfs, path, flags, &file), MOTE_ERRNO_SUCCESS);
    REQUIRE(file != NULL);
    return file;
}

static void put(const char *path, const char *text)
{
    uint32_t count = 0;
    struct mote_vfs_file *file = open_file(path, MOTE_VFS_WRITE | MOTE_VFS_CREATE | MOTE_VFS_TRUNCATE);
    CHECK_EQUAL(vfs->ops->write(vfs, file, 0, text, (uint32_t)strlen(text), &count), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(count, strlen(text));
    CHECK_EQUAL(vfs->ops->close(vfs, file), MOTE_ERRNO_SUCCESS);
}

static const char *read_open(struct mote_vfs_file *file)
{
    static char text[100];
    uint32_t count = 0;
    CHECK_EQUAL(vfs->ops->read(vfs, file, 0, text, sizeof text - 1, &count), MOTE_ERRNO_SUCCESS);
    text[count] = '\0';
    return text;
}

static const char *get(const char *path)
{
    struct mote_vfs_file *file = open_file(path, MOTE_VFS_READ);
    const char *text = read_open(file);
    vfs->ops->close(vfs, file);
    return text;
}

static uint32_t size_of(const char *path)
{
    struct mote_vfs_stat stat = {MOTE_VFS_DIR, 0};
    CHECK_EQUAL(vfs->ops->stat(vfs, path, &stat), MOTE_ERRNO_SUCCESS);
    return stat.size_bytes;
}

/* ---- Mounting ---------------------------------------------------------------------------------------------------- */

UNIT_TEST(test_vfs_blank_flash_is_formatted_and_keeps_files)
{
    open_flash(&small_flash);
    put("/a", "kept");
    CHECK_EQUAL(vfs->ops->make_dir(vfs, "/d"), MOTE_ERRNO_SUCCESS);
    mote_littlefs_unmount(vfs);
    mount();
    CHECK_TEXT(get("/a"), "kept");
    uint32_t total = 0, left = 0;
    vfs->ops->space(vfs, &total, &left);
    CHECK_EQUAL(total, 131072);
    CHECK_EQUAL(left, 131072 - 4 * 4096);
    close_flash();
}

UNIT_TEST(test_vfs_spoilt_flash_is_reported_and_can_be_formatted)
{
    open_flash(&small_flash);
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    put("/large", text);
    mote_littlefs_unmount(vfs);
    struct mote_allocator allocator = unit_allocator(&account);
    CHECK(hal_flash_erase(HAL_FLASH_FILES, 0, 8192));
    CHECK_EQUAL(mote_littlefs_mount(&allocator, &vfs), MOTE_ERROR_FLASH_FAILED);
    CHECK(vfs == NULL);
    CHECK_EQUAL(account.bytes, 0);
    CHECK_EQUAL(mote_littlefs_format(&allocator), MOTE_ERROR_NONE);
    mount();
    struct mote_vfs_stat stat;
    CHECK_EQUAL(vfs->ops->stat(vfs, "/large", &stat), MOTE_ERRNO_NOENT);
    close_flash();
    CHECK_EQUAL(mote_littlefs_mount(&allocator, &vfs), MOTE_ERROR_NO_STORE);
    CHECK_EQUAL(mote_littlefs_format(&allocator), MOTE_ERROR_NO_STORE);
}

static void power_lost(void)
{
    longjmp(power, 1);
}

static bool mount_with_a_cut(uint64_t operation, enum flash_cut cut)
{
    static uint64_t memory[512]; /* what was taken when power was lost goes with it */
    struct mote_allocator allocator = mote_pool_allocator(memory, sizeof memory);
    flash_file_set_faults(&(struct flash_faults){.cut_at = operation, .cut = cut, .seed = (uint32_t)operation, .lost = power_lost});
    bool is_done = setjmp(power) == 0;
    if (is_done) {
        mote_littlefs_mount(&allocator, &vfs);
    }
    flash_file_set_faults(&no_faults);
    return is_done;
}

UNIT_TEST(test_vfs_format_may_be_cut_short)
{
    account = (struct unit_account){0};
    unsigned cuts = 0;
    bool is_done = false;
    for (uint64_t operation = 1; !is_done; operation++) {
        for (enum flash_cut cut = FLASH_CUT_BEFORE; cut < FLASH_CUTS; cut++) {
            REQUIRE(flash_file_open(HAL_FLASH_FILES, &small_flash));
            is_done = mount_with_a_cut(operation, cut);
            cuts += !is_done;
            mount();
            put("/a", "works");
            CHECK_TEXT(get("/a"), "works");
            close_flash();
        }
    }
    CHECK(cuts >= 16);
}

UNIT_TEST(test_vfs_each_allocation_may_fail)
{
    struct mote_allocator allocator = unit_allocator(&account);
    open_flash(&small_flash);
    put("/a", "text");
    close_flash();
    account = (struct unit_account){.fail_after = 0, .fail_only = 1};
    REQUIRE(flash_file_open(HAL_FLASH_FILES, &small_flash));
    CHECK_EQUAL(mote_littlefs_mount(&allocator, &vfs), MOTE_ERROR_NO_MEMORY);
    CHECK_EQUAL(mote_littlefs_format(&allocator), MOTE_ERROR_NONE);
    mount();
    struct mote_vfs_file *file;
    struct mote_vfs_dir *dir;
    account.fail_only = account.requests + 1;
    CHECK_EQUAL(vfs->ops->open(vfs, "/a", MOTE_VFS_CREATE, &file), MOTE_ERRNO_NOMEM);
    account.fail_only = account.requests + 1;
    CHECK_EQUAL(vfs->ops->open_dir(vfs, "/", &dir), MOTE_ERRNO_NOMEM);
    put("/a", "again");
    CHECK_TEXT(get("/a"), "again");
    close_flash();
}

/* ---- What is open ------------------------------------------------------------------------------------------------ */

UNIT_TEST(test_vfs_two_users_see_what_one_writes)
{
    open_flash(&small_flash);
    uint32_t count;
    struct mote_vfs_file *one = open_file("/a", MOTE_VFS_WRITE | MOTE_VFS_CREATE), *two = open_file("/a", MOTE_VFS_READ);
    CHECK_EQUAL(vfs->ops->write(vfs, one, 0, "first", 5, &count), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(read_open(two), "first");
    CHECK_EQUAL(size_of("/a"), 5);
    CHECK_EQUAL(vfs->ops->write(vfs, two, 5, " second", 7, &count), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(read_open(one), "first second");
    struct mote_vfs_file *three = open_file("/a", MOTE_VFS_WRITE | MOTE_VFS_TRUNCATE);
    CHECK_TEXT(read_open(one), "");
    CHECK_EQUAL(vfs->ops->write(vfs, three, 0, "third", 5, &count), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->close(vfs, one), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->close(vfs, two), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->open(vfs, "/a", MOTE_VFS_CREATE | MOTE_VFS_EXCLUSIVE, &one), MOTE_ERRNO_EXIST);
    CHECK_EQUAL(vfs->ops->close(vfs, three), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(get("/a"), "third");
    close_flash();
}

UNIT_TEST(test_vfs_what_is_open_stays_where_it_is)
{
    open_flash(&small_flash);
    put("/a", "a");
    put("/b", "b");
    CHECK_EQUAL(vfs->ops->make_dir(vfs, "/d"), MOTE_ERRNO_SUCCESS);
    put("/d/x", "x");
    struct mote_vfs_file *file = open_file("/a", MOTE_VFS_READ);
    struct mote_vfs_dir *dir;
    CHECK_EQUAL(vfs->ops->open_dir(vfs, "/d", &dir), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/a", MOTE_VFS_FILE), MOTE_ERRNO_BUSY);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/a", "/c"), MOTE_ERRNO_BUSY);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/b", "/a"), MOTE_ERRNO_BUSY);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/d/x", MOTE_VFS_FILE), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/d", MOTE_VFS_DIR), MOTE_ERRNO_BUSY);
    put("/d/y", "y");
    CHECK_EQUAL(vfs->ops->rename(vfs, "/d", "/e"), MOTE_ERRNO_SUCCESS); /* it is still the directory that is read, and to its end already */
    struct mote_vfs_entry entry;
    CHECK(!vfs->ops->next(vfs, dir, &entry));
    vfs->ops->close_dir(vfs, dir);
    CHECK_EQUAL(vfs->ops->close(vfs, file), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/b", "/a"), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(get("/a"), "b");
    close_flash();
}

UNIT_TEST(test_vfs_so_many_are_open_and_no_more)
{
    open_flash(&small_flash);
    static struct mote_vfs_dir *dirs[MOTE_VFS_OPEN_MAX];
    struct mote_vfs_file *file;
    struct mote_vfs_dir *dir;
    for (unsigned i = 0; i < MOTE_VFS_OPEN_MAX; i++) {
        CHECK_EQUAL(vfs->ops->open_dir(vfs, "/", &dirs[i]), MOTE_ERRNO_SUCCESS);
    }
    CHECK_EQUAL(vfs->ops->open_dir(vfs, "/", &dir), MOTE_ERRNO_NFILE);
    CHECK_EQUAL(vfs->ops->open(vfs, "/a", MOTE_VFS_CREATE, &file), MOTE_ERRNO_NFILE);
    vfs->ops->close_dir(vfs, dirs[0]);
    file = open_file("/a", MOTE_VFS_CREATE);
    struct mote_vfs_file *again = open_file("/a", MOTE_VFS_CREATE); /* which is not one more */
    CHECK(again == file);
    vfs->ops->close(vfs, file);
    vfs->ops->close(vfs, file);
    for (unsigned i = 1; i < MOTE_VFS_OPEN_MAX; i++) {
        vfs->ops->close_dir(vfs, dirs[i]);
    }
    close_flash();
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

UNIT_TEST(test_vfs_refuses_what_makes_no_sense)
{
    open_flash(&small_flash);
    struct mote_vfs_file *file;
    struct mote_vfs_dir *dir;
    struct mote_vfs_stat stat;
    char name[70];
    memset(name, 'n', sizeof name);
    name[0] = '/';
    name[64] = '\0';
    put(name, "63 bytes");
    name[64] = 'n';
    name[65] = '\0';
    CHECK_EQUAL(vfs->ops->open(vfs, name, MOTE_VFS_CREATE, &file), MOTE_ERRNO_NAMETOOLONG);
    CHECK_EQUAL(vfs->ops->make_dir(vfs, name), MOTE_ERRNO_NAMETOOLONG);
    CHECK_EQUAL(vfs->ops->make_dir(vfs, "/d"), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->make_dir(vfs, "/d"), MOTE_ERRNO_EXIST);
    CHECK_EQUAL(vfs->ops->make_dir(vfs, "/none/d"), MOTE_ERRNO_NOENT);
    put("/d/f", "f");
    CHECK_EQUAL(vfs->ops->open(vfs, "/d", MOTE_VFS_READ, &file), MOTE_ERRNO_ISDIR);
    CHECK_EQUAL(vfs->ops->open(vfs, "/d/f/g", MOTE_VFS_CREATE, &file), MOTE_ERRNO_NOTDIR);
    CHECK_EQUAL(vfs->ops->open_dir(vfs, "/d/f", &dir), MOTE_ERRNO_NOTDIR);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/d", MOTE_VFS_FILE), MOTE_ERRNO_ISDIR);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/d", MOTE_VFS_DIR), MOTE_ERRNO_NOTEMPTY);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/d/f", MOTE_VFS_DIR), MOTE_ERRNO_NOTDIR);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/d", "/d/e"), MOTE_ERRNO_INVAL);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/d", "/d/f/g"), MOTE_ERRNO_INVAL);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/d", "/dd"), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/dd", "/d"), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/none", "/d"), MOTE_ERRNO_NOENT);
    CHECK_EQUAL(vfs->ops->rename(vfs, "/d/f", "/d"), MOTE_ERRNO_ISDIR);
    CHECK_EQUAL(vfs->ops->remove(vfs, "/", MOTE_VFS_DIR), MOTE_ERRNO_INVAL);
    CHECK_EQUAL(vfs->ops->stat(vfs, "/", &stat), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(stat.kind, MOTE_VFS_DIR);
    close_flash();
}

/* ---- Full flash -------------------------------------------------------------------------------------------------- */

static uint32_t fill(struct mote_vfs_file *file, uint8_t byte)
{
    uint8_t bytes[1000];
    uint32_t at = 0, count = 0;
    memset(bytes, byte, sizeof bytes);
    enum mote_errno error;
    while ((error = vfs->ops->write(vfs, file, at, bytes, sizeof bytes, &count)) == MOTE_ERRNO_SUCCESS) {
        REQUIRE(count > 0);
        at += count;
    }
    CHECK_EQUAL(error, MOTE_ERRNO_NOSPC);
    CHECK_EQUAL(count, 0);
    return at;
}

UNIT_TEST(test_vfs_full_flash_keeps_all_that_was_written)
{
    open_flash(&small_flash);
    put("/other", "untouched");
    struct mote_vfs_file *file = open_file("/a", MOTE_VFS_WRITE | MOTE_VFS_CREATE);
    uint32_t size = fill(file, 'a');
    CHECK(size > 131072 / 4 * 3);
    CHECK_EQUAL(vfs->ops->close(vfs, file), MOTE_ERRNO_SUCCESS);
    mote_littlefs_unmount(vfs);
    mount();
    CHECK_EQUAL(size_of("/a"), size);
    file = open_file("/a", MOTE_VFS_READ);
    for (uint32_t at = 0; at < size; at += 997) {
        uint8_t byte = 0;
        uint32_t count;
        vfs->ops->read(vfs, file, at, &byte, 1, &count);
        CHECK_EQUAL(byte, 'a');
    }
    CHECK_EQUAL(vfs->ops->truncate(vfs, file, size + 100000), MOTE_ERRNO_NOSPC);
    CHECK_EQUAL(size_of("/a"), size);
    CHECK_EQUAL(vfs->ops->truncate(vfs, file, UINT32_MAX), MOTE_ERRNO_FBIG);
    CHECK_EQUAL(vfs->ops->close(vfs, file), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(get("/other"), "untouched");
    CHECK_EQUAL(vfs->ops->remove(vfs, "/a", MOTE_VFS_FILE), MOTE_ERRNO_SUCCESS);
    file = open_file("/b", MOTE_VFS_WRITE | MOTE_VFS_CREATE);
    CHECK_EQUAL(fill(file, 'b'), size);
    CHECK_EQUAL(vfs->ops->close(vfs, file), MOTE_ERRNO_SUCCESS);
    close_flash();
}

UNIT_TEST(test_vfs_large_sectors_hold_files_too)
{
    static const struct flash_file large = {NULL, 8 * 262144, 262144, 32};
    open_flash(&large);
    for (unsigned i = 0; i < 60; i++) {
        char name[] = {'/', 'f', (char)('0' + i / 10), (char)('0' + i % 10), '\0'};
        put(name, name);
    }
    CHECK_TEXT(get("/f59"), "/f59");
    uint32_t total, left;
    vfs->ops->space(vfs, &total, &left);
    CHECK_EQUAL(left, 6 * 262144); /* small files lie in their directory */
    close_flash();
}

/* ---- Moves that power cuts in two -------------------------------------------------------------------------------- */

UNIT_TEST(test_vfs_neighbour_of_a_half_done_move_is_there)
{
    open_flash(&small_flash);
    vfs->ops->make_dir(vfs, "/d");
    put("/d/x", "moved");
    put("/d/y", "neighbour");
    flash_file_set_faults(&(struct flash_faults){.cut_at = 2, .lost = power_lost});
    if (setjmp(power) == 0) {
        vfs->ops->rename(vfs, "/d/x", "/x");
        CHECK(false);
    }
    flash_file_set_faults(&no_faults);
    vfs->is_busy = false; /* the memory goes back: it is that of a machine that lost its power */
    mote_littlefs_unmount(vfs);
    mount();
    struct mote_vfs_stat stat;
    CHECK_EQUAL(vfs->ops->stat(vfs, "/d/x", &stat), MOTE_ERRNO_NOENT);
    CHECK_EQUAL(vfs->ops->stat(vfs, "/d/y", &stat), MOTE_ERRNO_SUCCESS);
    CHECK_TEXT(get("/d/y"), "neighbour");
    CHECK_TEXT(get("/x"), "moved");
    close_flash();
}

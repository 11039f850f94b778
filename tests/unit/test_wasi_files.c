/* mote_wasi.h: directories that a guest finds open, read-only ones, the embedder's streams, memory that runs out. */
#include "../../ports/linux/flash_file.h"
#include "host/wasi/vfs.h"
#include "mote_wasi.h"
#include "world.h"

#define READ_RIGHTS 0x2Eu
#define WRITE_RIGHTS 0x40u
#define ERRNO(number) ((uint32_t)-(int32_t)(number))

struct guest {
    struct world world;
    struct unit_account files_account;
    struct mote_vfs *vfs;
    struct mote_wasi *wasi;
    struct mote_instance *instance;
    char out[100];
    uint32_t out_size;
};

static const struct mote_wasi_preopen two_preopens[] = {{"/data", "/apps/one", false}, {"/shared", "/", true}};

static void begin(struct guest *guest)
{
    static const struct flash_file flash = {NULL, 131072, 4096, 1};
    *guest = (struct guest){.out_size = 0};
    REQUIRE(flash_file_open(HAL_FLASH_FILES, &flash));
    struct mote_allocator allocator = unit_allocator(&guest->files_account);
    REQUIRE(mote_littlefs_mount(&allocator, &guest->vfs) == MOTE_ERROR_NONE);
    CHECK_EQUAL(guest->vfs->ops->make_dir(guest->vfs, "/apps"), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(guest->vfs->ops->make_dir(guest->vfs, "/apps/one"), MOTE_ERRNO_SUCCESS);
    world_begin(&guest->world);
}

static struct mote_wasi_options options_of(const struct guest *guest)
{
    return (struct mote_wasi_options){.files = guest->vfs, .preopens = two_preopens, .preopen_count = 2};
}

static void start(struct guest *guest, const struct mote_wasi_options *options)
{
    REQUIRE(mote_wasi_new(guest->world.runtime, options, &guest->wasi) == MOTE_ERROR_NONE);
    guest->instance = world_instance(&guest->world, "files");
}

static void end(struct guest *guest)
{
    mote_wasi_free(guest->wasi);
    world_end(&guest->world);
    mote_littlefs_unmount(guest->vfs);
    CHECK_EQUAL(guest->files_account.bytes, 0);
    flash_file_close(HAL_FLASH_FILES);
}

static uint32_t call(struct guest *guest, const char *name, uint32_t fd)
{
    return world_call_i32(&guest->world, guest->instance, name, fd);
}

static uint32_t open_file(struct guest *guest, uint32_t from, uint32_t rights)
{
    struct mote_value params[] = {i32_value(from), i32_value(rights)}, result;
    CHECK_EQUAL(world_call(&guest->world, guest->instance, "open", params, 2, &result, 1), MOTE_ERROR_NONE);
    return result.of.i32;
}

UNIT_TEST(test_wasi_preopens_have_names_and_stay_apart)
{
    static struct guest guest;
    begin(&guest);
    struct mote_wasi_options options = options_of(&guest);
    start(&guest, &options);
    CHECK_EQUAL(call(&guest, "name", 3), 0);
    CHECK(memcmp(mote_memory_at(guest.instance, 128, 6), "/data", 6) == 0);
    CHECK_EQUAL(call(&guest, "name", 4), 0);
    CHECK(memcmp(mote_memory_at(guest.instance, 128, 8), "/shared", 8) == 0);
    CHECK_EQUAL(call(&guest, "name", 5), ERRNO(MOTE_ERRNO_BADF));
    uint32_t file = open_file(&guest, 3, READ_RIGHTS | WRITE_RIGHTS);
    CHECK_EQUAL(file, 5);
    CHECK_EQUAL(call(&guest, "write", file), 5);
    CHECK_EQUAL(call(&guest, "close", file), 0);
    struct mote_vfs_stat stat;
    CHECK_EQUAL(guest.vfs->ops->stat(guest.vfs, "/apps/one/file", &stat), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(stat.size_bytes, 5);
    CHECK_EQUAL(guest.vfs->ops->stat(guest.vfs, "/file", &stat), MOTE_ERRNO_NOENT);
    end(&guest);
}

UNIT_TEST(test_wasi_read_only_preopen_refuses_all_that_writes)
{
    static struct guest guest;
    begin(&guest);
    struct mote_vfs_file *file;
    CHECK_EQUAL(guest.vfs->ops->open(guest.vfs, "/file", MOTE_VFS_CREATE, &file), MOTE_ERRNO_SUCCESS);
    CHECK_EQUAL(guest.vfs->ops->close(guest.vfs, file), MOTE_ERRNO_SUCCESS);
    struct mote_wasi_options options = options_of(&guest);
    start(&guest, &options);
    CHECK_EQUAL(open_file(&guest, 4, READ_RIGHTS | WRITE_RIGHTS), ERRNO(MOTE_ERRNO_NOTCAPABLE));
    CHECK_EQUAL(call(&guest, "make_dir", 4), ERRNO(MOTE_ERRNO_NOTCAPABLE));
    CHECK_EQUAL(open_file(&guest, 4, READ_RIGHTS), 5);
    CHECK_EQUAL(call(&guest, "write", 5), ERRNO(MOTE_ERRNO_NOTCAPABLE));
    CHECK_EQUAL(call(&guest, "read", 5), 0);
    CHECK_EQUAL(call(&guest, "make_dir", 3), 0);
    CHECK_EQUAL(call(&guest, "open_dir", 3), 6);
    end(&guest); /* which closes what the guest has left open */
}

UNIT_TEST(test_wasi_preopens_must_fit)
{
    static struct guest guest;
    static struct mote_wasi_preopen many[CONFIG_HOST_WASI_DESCRIPTORS];
    begin(&guest);
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        many[i] = two_preopens[0];
    }
    struct mote_wasi_options options = options_of(&guest);
    options.preopens = many;
    options.preopen_count = CONFIG_HOST_WASI_DESCRIPTORS - 2;
    CHECK_EQUAL(mote_wasi_new(guest.world.runtime, &options, &guest.wasi), MOTE_ERROR_TOO_MANY);
    options.files = NULL;
    CHECK_EQUAL(mote_wasi_new(guest.world.runtime, &options, &guest.wasi), MOTE_ERROR_INVALID_ARGUMENT);
    CHECK(guest.wasi == NULL);
    options.files = guest.vfs;
    options.preopen_count--;
    start(&guest, &options);
    CHECK_EQUAL(open_file(&guest, 3, READ_RIGHTS | WRITE_RIGHTS), ERRNO(MOTE_ERRNO_MFILE));
    struct mote_vfs_stat stat; /* and it was not made */
    CHECK_EQUAL(guest.vfs->ops->stat(guest.vfs, "/apps/one/file", &stat), MOTE_ERRNO_NOENT);
    end(&guest);
}

/* ---- The embedder's streams -------------------------------------------------------------------------------------- */

static intptr_t read_stream(void *user, void *data, size_t size)
{
    (void)user;
    memset(data, 'i', size < 3 ? size : 3);
    return 3;
}

static intptr_t write_stream(void *user, unsigned stream, const void *data, size_t size)
{
    struct guest *guest = user;
    guest->out[guest->out_size++] = (char)('0' + stream);
    size_t count = size < 2 ? size : 2; /* a few bytes at a time */
    memcpy(guest->out + guest->out_size, data, count);
    guest->out_size += (uint32_t)count;
    return (intptr_t)count;
}

static bool is_terminal(void *user, unsigned stream)
{
    (void)user;
    return stream == 1;
}

UNIT_TEST(test_wasi_streams_are_the_embedders)
{
    static struct guest guest;
    begin(&guest);
    struct mote_wasi_streams streams = {read_stream, write_stream, is_terminal, &guest};
    struct mote_wasi_options options = {.streams = &streams};
    start(&guest, &options);
    CHECK_EQUAL(call(&guest, "write", 1), 5);
    CHECK_TEXT(guest.out, "1he1ll1o");
    CHECK_EQUAL(call(&guest, "read", 0), 3);
    CHECK_EQUAL(call(&guest, "write", 2), 5);
    CHECK_TEXT(guest.out, "1he1ll1o2ii2il2o");
    CHECK_EQUAL(call(&guest, "name", 3), ERRNO(MOTE_ERRNO_BADF));
    end(&guest);
}

/* ---- Memory that runs out ---------------------------------------------------------------------------------------- */

/* Everything that a guest does to files while one allocation fails; what fails is tried once more. */
static void live(struct guest *guest, uint64_t fail_files, uint64_t fail_runtime)
{
    struct mote_wasi_options options = options_of(guest);
    guest->files_account.fail_only = fail_files ? guest->files_account.requests + fail_files : 0;
    guest->world.account.fail_only = fail_runtime ? guest->world.account.requests + fail_runtime : 0;
    enum mote_error error = mote_wasi_new(guest->world.runtime, &options, &guest->wasi);
    if (error != MOTE_ERROR_NONE) {
        CHECK_EQUAL(error, MOTE_ERROR_NO_MEMORY);
        CHECK(guest->wasi == NULL);
        error = mote_wasi_new(guest->world.runtime, &options, &guest->wasi);
    }
    REQUIRE(error == MOTE_ERROR_NONE);
    uint64_t fail_only = guest->world.account.fail_only;
    guest->world.account.fail_only = 0; /* loading is others' matter */
    guest->instance = world_instance(&guest->world, "files");
    guest->world.account.fail_only = fail_only > guest->world.account.requests ? fail_only : 0;
    uint32_t file = open_file(guest, 3, READ_RIGHTS | WRITE_RIGHTS);
    if (file == ERRNO(MOTE_ERRNO_NOMEM)) {
        file = open_file(guest, 3, READ_RIGHTS | WRITE_RIGHTS);
    }
    CHECK_EQUAL(file, 5);
    call(guest, "make_dir", 3);
    uint32_t dir = call(guest, "open_dir", 3);
    if (dir == ERRNO(MOTE_ERRNO_NOMEM)) {
        dir = call(guest, "open_dir", 3);
    }
    CHECK_EQUAL(dir, 6);
    CHECK_EQUAL(call(guest, "write", file), 5);
    CHECK_EQUAL(call(guest, "close", file), 0);
}

UNIT_TEST(test_wasi_files_survive_each_failed_allocation)
{
    for (uint64_t k = 0; k < 80; k++) {
        static struct guest guest;
        begin(&guest);
        live(&guest, k % 2 ? 1 + k / 2 : 0, k % 2 ? 0 : k / 2);
        end(&guest);
    }
}

/* shell/smp: what clients send, what they should not, and that each request gets its answer. */
#include "../../ports/linux/flash_file.h"
#include "device.h"
#include "hal/clock.h"
#include "shell/smp.h"

static struct mote_smp smp;
static struct mote_line line;
static struct mote_frame_reader reader;
static uint8_t request[MOTE_SMP_BYTES];
static struct mote_cbor_writer body; /* of the request */
static struct mote_cbor_item answer; /* its map */

enum { READ = 0, WRITE = 2, V1 = 0, V2 = 8 };

static void begin_with(struct device *device, struct mote_vfs *files)
{
    memset(&smp, 0, sizeof smp);
    smp.line = &line;
    smp.reader = &reader;
    mote_smp_init(&smp, device->app, files);
}

static void begin(struct device *device)
{
    begin_with(device, NULL);
}

/* Starts a request: what is put into `body` from now on is its map. */
static void ask(unsigned operation, unsigned group, unsigned command)
{
    static uint8_t sequence;
    uint8_t header[8] = {(uint8_t)operation, 0, 0, 0, (uint8_t)(group >> 8), (uint8_t)group, ++sequence, (uint8_t)command};
    memcpy(request, header, sizeof header);
    body = mote_cbor_writer_over(request + 8, sizeof request - 8);
    mote_cbor_begin_map(&body);
}

static void set_length(size_t size)
{
    request[2] = (uint8_t)(size >> 8);
    request[3] = (uint8_t)size;
}

/* Checks the form of a response: its header fits the request, its map is well-formed to the last byte. */
static void check_form(size_t size)
{
    REQUIRE(size >= 8 && size <= MOTE_SMP_BYTES);
    CHECK_EQUAL(smp.response[0] & 7, (request[0] & 7) + 1);
    CHECK_EQUAL(smp.response[2] << 8 | smp.response[3], size - 8);
    CHECK(memcmp(smp.response + 4, request + 4, 4) == 0);
    struct mote_cbor_reader map = mote_cbor_reader_over(smp.response + 8, size - 8);
    answer = mote_cbor_next(&map);
    CHECK_EQUAL(answer.kind, MOTE_CBOR_MAP);
    CHECK(map.at == map.end);
}

static void answered(size_t size, bool is_whole)
{
    size_t count = mote_smp_answer(&smp, request, size, is_whole);
    while (count == 0 && smp.is_pending) {
        count = mote_smp_step(&smp);
    }
    check_form(count);
}

/* Sends what was asked. */
static void done(void)
{
    mote_cbor_end(&body);
    size_t size = (size_t)(body.at - body.start);
    set_length(size);
    answered(8 + size, true);
}

static uint64_t number(const char *key)
{
    uint64_t value = 12345678;
    mote_cbor_find_uint(&answer, key, &value);
    return value;
}

static const char *text(const char *key)
{
    static char value[200];
    value[0] = '\0';
    mote_cbor_find_text(&answer, key, value, sizeof value);
    return value;
}

/* `rc` of a group, as version 2 has it; 0 when there is none. */
static uint64_t group_rc(void)
{
    struct mote_cbor_item error = mote_cbor_find(&answer, "err");
    uint64_t rc = 0;
    mote_cbor_find_uint(&error, "rc", &rc);
    return rc;
}

UNIT_TEST(test_smp_echo_gives_the_text_back)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    ask(WRITE | V2, 0, 0);
    mote_cbor_put_text(&body, "d");
    mote_cbor_put_text(&body, "hello");
    done();
    CHECK_TEXT(text("r"), "hello");
    ask(READ | V2, 0, 6);
    done();
    CHECK_EQUAL(number("buf_size"), MOTE_SMP_BYTES);
    set_length(0); /* without any map */
    answered(8, true);
    CHECK_EQUAL(number("buf_count"), 1);
    device_end(&device);
}

UNIT_TEST(test_smp_what_is_wrong_is_said_in_the_protocols_own_numbers)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    ask(READ | V2, 7777, 0);
    done();
    CHECK_EQUAL(number("rc"), 8);
    ask(READ | V2, 0, 99);
    done();
    CHECK_EQUAL(number("rc"), 8);
    ask(READ | V2, 0, 5); /* a reset is a write */
    done();
    CHECK(number("rc") == 8 && !smp.wants_reset);
    ask(READ | 2 << 3, 0, 6);
    done();
    CHECK_EQUAL(number("rc"), 13);
    CHECK_EQUAL(smp.response[0] >> 3, 1); /* told in the newest version that there is */
    ask(WRITE | V2, 0, 0);
    done();
    CHECK_EQUAL(number("rc"), 3); /* nothing to echo */
    ask(READ | V2, 0, 6);
    set_length(9);
    answered(8 + 1, true);
    CHECK_EQUAL(number("rc"), 3);
    ask(READ | V2, 0, 6);
    answered(MOTE_SMP_BYTES, false);
    CHECK_EQUAL(number("rc"), 7);
    device_end(&device);
}

UNIT_TEST(test_smp_errors_of_a_group_depend_on_the_version)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    for (unsigned old = 0; old < 2; old++) {
        ask(READ | (old ? V1 : V2), 2, 0);
        mote_cbor_put_text(&body, "name");
        mote_cbor_put_text(&body, "nothing");
        done();
        CHECK_EQUAL(group_rc(), old ? 0 : 2);
        CHECK_EQUAL(number("rc"), old ? 5 : 12345678);
        ask(WRITE | (old ? V1 : V2), 64, 4);
        mote_cbor_put_text(&body, "name");
        mote_cbor_put_text(&body, "nothing");
        done();
        CHECK_EQUAL(old ? number("rc") : group_rc(), 3);
        CHECK_TEXT(text("msg"), "not found");
    }
    device_end(&device);
}

UNIT_TEST(test_smp_responses_and_scraps_are_not_answered)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    for (unsigned operation = 0; operation < 8; operation++) {
        ask(operation | V2, 0, 6);
        set_length(0);
        size_t size = mote_smp_answer(&smp, request, 8, true);
        CHECK_EQUAL(size > 0, operation == READ || operation == WRITE);
    }
    ask(READ | V2, 0, 6);
    for (size_t size = 0; size < 8; size++) {
        CHECK_EQUAL(mote_smp_answer(&smp, request, size, true), 0);
    }
    device_end(&device);
}

UNIT_TEST(test_smp_once_sends_the_response_again)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    uint64_t before = 0;
    for (unsigned round = 0; round < 4; round++) {
        device_pass_ms(&device, 5);
        ask(READ | V2, 64, 0);
        mote_cbor_put_text(&body, "once");
        mote_cbor_put_uint(&body, round < 2 ? 7 : 8);
        done();
        CHECK_EQUAL(number("uptime") == before, round == 1 || round == 3);
        before = number("uptime");
    }
    device_pass_ms(&device, 5);
    ask(READ | V2, 0, 6); /* another request comes between: the number means nothing any more */
    done();
    ask(READ | V2, 64, 0);
    mote_cbor_put_text(&body, "once");
    mote_cbor_put_uint(&body, 8);
    done();
    CHECK(number("uptime") > before);
    device_end(&device);
}

UNIT_TEST(test_smp_module_goes_to_ram_and_runs)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    device_take(&device, "app_hello", NULL);
    uint8_t digest[MOTE_SHA256_BYTES];
    struct mote_sha256 sha;
    mote_sha256_init(&sha);
    mote_sha256_add(&sha, device.bytes, device.size);
    mote_sha256_end(&sha, digest);
    for (uint32_t at = 0, piece; at < device.size; at += piece) {
        piece = device.size - at < 50 ? device.size - at : 50;
        ask(WRITE | V2, 64, 2);
        mote_cbor_put_text(&body, "off");
        mote_cbor_put_uint(&body, at);
        if (at == 0) {
            mote_cbor_put_text(&body, "len");
            mote_cbor_put_uint(&body, device.size);
            mote_cbor_put_text(&body, "sha");
            mote_cbor_put_bytes(&body, digest, sizeof digest);
            mote_cbor_put_text(&body, "ram");
            mote_cbor_put_bool(&body, true);
        }
        mote_cbor_put_text(&body, "data");
        mote_cbor_put_bytes(&body, device.bytes + at, piece);
        done();
        CHECK_EQUAL(group_rc(), 0);
        CHECK_EQUAL(number("off"), at + piece);
    }
    do {
        device_pass_ms(&device, 1);
        ask(READ | V2, 64, 2);
        done();
    } while (strcmp(text("state"), "preparing") == 0);
    CHECK_TEXT(text("state"), "done");
    ask(WRITE | V2, 64, 7);
    mote_cbor_put_text(&body, "attach");
    mote_cbor_put_bool(&body, true);
    done();
    uint32_t id = (uint32_t)number("id");
    CHECK_EQUAL(device_wait(&device, id).state, MOTE_RUN_EXITED);
    ask(WRITE | V2, 64, 10);
    mote_cbor_put_text(&body, "id");
    mote_cbor_put_uint(&body, id);
    done();
    const uint8_t *out;
    size_t size;
    REQUIRE(mote_cbor_find_bytes(&answer, "out", &out, &size));
    CHECK(size == 6 && memcmp(out, "hello\n", 6) == 0);
    CHECK_TEXT(text("state"), "exited");
    CHECK_EQUAL(number("exit"), 0);
    device_end(&device);
}

UNIT_TEST(test_smp_upload_that_is_not_known_begins_anew)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    ask(WRITE | V2, 64, 2);
    mote_cbor_put_text(&body, "off");
    mote_cbor_put_uint(&body, 1000);
    mote_cbor_put_text(&body, "data");
    mote_cbor_put_bytes(&body, "x", 1);
    done();
    CHECK(group_rc() == 0 && number("off") == 0);
    device_end(&device);
}

UNIT_TEST(test_smp_command_of_the_console_returns_what_it_prints)
{
    struct device device;
    device_begin(&device);
    begin(&device);
    static const struct {
        const char *words;
        const char *output;
        unsigned status;
    } rows[] = {
        {"crash\0", "nothing has crashed\n", 0},
        {"krash\0", "krash: unknown command; try crash\n", 1},
        {"kill\0nothing\0", "nothing: no such run\n", 1},
        {"rm\0nothing\0", "nothing: not found\n", 1},
        {"rm\0", "usage: rm NAME\n", 1},
        {"run\0x\0", "run: only on the console; use start and log\n", 1},
        {"files\0", "files: no files on this board\n", 1},
    };
    mote_app_crash_clear(device.app);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask(WRITE | V2, 9, 0);
        mote_cbor_put_text(&body, "argv");
        mote_cbor_begin_list(&body);
        for (const char *word = rows[i].words; *word; word += strlen(word) + 1) {
            mote_cbor_put_text(&body, word);
        }
        mote_cbor_end(&body);
        done();
        CHECK_TEXT(text("o"), rows[i].output);
        CHECK_EQUAL(number("ret"), rows[i].status);
    }
    ask(WRITE | V2, 9, 0);
    done();
    CHECK_EQUAL(group_rc(), 2);
    device_end(&device);
}

/* Keys and values as requests have them, and some that they do not. */
static uint32_t state = 1;

static uint32_t random_below(uint32_t limit)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)state * limit >> 32);
}

static void put_random_value(unsigned depth)
{
    switch (random_below(depth < 3 ? 9 : 7)) {
    case 0: mote_cbor_put_uint(&body, random_below(4)); break;
    case 1: mote_cbor_put_uint(&body, UINT64_MAX >> random_below(64)); break;
    case 2: mote_cbor_put_int(&body, -(int64_t)random_below(100)); break;
    case 3: mote_cbor_put_bytes(&body, request, random_below(40)); break;
    case 4: mote_cbor_put_text_n(&body, "a text that is longer than a name may be", random_below(40)); break;
    case 5: mote_cbor_put_bool(&body, random_below(2)); break;
    case 6: mote_cbor_put_null(&body); break;
    default:
        mote_cbor_begin_list(&body);
        for (unsigned i = random_below(4); i > 0; i--) {
            put_random_value(depth + 1);
        }
        mote_cbor_end(&body);
        break;
    }
}

/* A value of the kind that a request would have, most likely. */
static void put_value(char kind)
{
    static const char *const texts[] = {"/file", "crc32", "a", "module", "/", "sha256", "../x", "dir/file"};
    switch (kind) {
    case 't': mote_cbor_put_text(&body, texts[random_below(8)]); break;
    case 'u': mote_cbor_put_uint(&body, random_below(3) * random_below(40)); break;
    case 'b': mote_cbor_put_bool(&body, random_below(2)); break;
    case 'B': mote_cbor_put_bytes(&body, request, random_below(2) ? 32 : random_below(40)); break;
    default: put_random_value(0); break;
    }
}

/* A file system in flash that is blank. */
static struct mote_vfs *open_files(struct device *device)
{
    static const struct flash_file flash = {NULL, 131072, 4096, 1};
    struct mote_allocator allocator = unit_allocator(&device->account);
    struct mote_vfs *files = NULL;
    REQUIRE(flash_file_open(HAL_FLASH_FILES, &flash));
    REQUIRE(mote_littlefs_mount(&allocator, &files) == MOTE_ERROR_NONE);
    return files;
}

static void close_files(struct mote_vfs *files)
{
    mote_smp_fs_close(&smp);
    mote_littlefs_unmount(files);
    flash_file_close(HAL_FLASH_FILES);
}

static void put_piece(uint32_t at, const char *piece, int64_t length)
{
    ask(WRITE | V2, 8, 0);
    mote_cbor_put_text(&body, "name");
    mote_cbor_put_text(&body, "/file");
    mote_cbor_put_text(&body, "off");
    mote_cbor_put_uint(&body, at);
    if (length >= 0) {
        mote_cbor_put_text(&body, "len");
        mote_cbor_put_int(&body, length);
    }
    mote_cbor_put_text(&body, "data");
    mote_cbor_put_bytes(&body, piece, strlen(piece));
    done();
}

/* What is in the file; "?" when it cannot be read. */
static const char *file_text(void)
{
    static char contents[100];
    const uint8_t *data;
    size_t size;
    ask(READ | V2, 8, 0);
    mote_cbor_put_text(&body, "name");
    mote_cbor_put_text(&body, "/file");
    mote_cbor_put_text(&body, "off");
    mote_cbor_put_uint(&body, 0);
    done();
    if (!mote_cbor_find_bytes(&answer, "data", &data, &size)) {
        return "?";
    }
    memcpy(contents, data, size);
    contents[size] = '\0';
    return contents;
}

UNIT_TEST(test_smp_file_upload_takes_pieces_twice_and_begins_anew_after_a_reset)
{
    struct device device;
    device_begin(&device);
    struct mote_vfs *files = open_files(&device);
    begin_with(&device, files);
    put_piece(0, "abc", 9);
    put_piece(0, "abc", 9); /* its response was lost */
    CHECK_EQUAL(number("off"), 3);
    put_piece(3, "def", -1);
    put_piece(3, "def", -1);
    CHECK_EQUAL(number("off"), 6);
    put_piece(7, "hi", -1); /* something was lost */
    CHECK_EQUAL(number("off"), 6);
    put_piece(6, "ghi", -1);
    put_piece(6, "ghi", -1); /* whole, but that was not heard */
    CHECK_EQUAL(number("off"), 9);
    CHECK(smp.fs.file == NULL);
    CHECK_TEXT(file_text(), "abcdefghi");
    put_piece(0, "x", 3);
    mote_smp_fs_close(&smp);
    begin_with(&device, files); /* a reset */
    put_piece(1, "yz", -1);
    CHECK_EQUAL(number("off"), 0);
    CHECK_TEXT(file_text(), "abcdefghi");
    put_piece(0, "x", 1);
    CHECK_TEXT(file_text(), "x");
    close_files(files);
    device_end(&device);
}

/* Requests of every command with random maps, whole, cut short, or with a byte changed. */
UNIT_TEST(test_smp_every_request_is_answered_whatever_is_in_it)
{
    static const char keys[][8] = {"td", "uoff", "ulen", "Bsha", "tname", "Bdata", "bram", "uid", "Bin", "beof", "umax", "ufrom", "tpath", "?argv",
                                   "?args", "ttype", "tformat", "bon", "uonce", "battach", "uoff", "tname", "Bdata", "tname"};
    static const uint8_t groups[] = {0, 2, 8, 9, 64, 64, 64, 1};
    struct device device;
    device_begin(&device);
    struct mote_vfs *files = open_files(&device);
    begin_with(&device, files);
    unsigned good = 0; /* requests about files that were carried out */
    for (unsigned round = 0; round < 100000; round++) {
        unsigned group = groups[random_below(8)];
        ask((random_below(2) ? READ : WRITE) | (random_below(2) ? V1 : V2), group, random_below(group == 64 ? 16 : 8));
        for (unsigned i = random_below(9); i > 0; i--) {
            const char *key = keys[random_below(sizeof keys / sizeof keys[0])];
            mote_cbor_put_text(&body, key + 1);
            put_value(random_below(8) > 0 ? key[0] : '?');
        }
        mote_cbor_end(&body);
        size_t size = (size_t)(body.at - body.start);
        size = round % 3 == 1 ? random_below((uint32_t)size) : size;
        if (round % 3 == 2) {
            request[8 + random_below((uint32_t)size)] ^= (uint8_t)(1 << random_below(8));
        }
        set_length(size);
        answered(8 + size, true);
        good += group == 8 && number("rc") == 12345678 && group_rc() == 0;
    }
    CHECK(good > 500);
    CHECK(smp.wants_reset); /* among them were resets */
    close_files(files);
    device_end(&device);
}

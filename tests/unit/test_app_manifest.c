/* app/manifest: what a module says of itself. */
#include "app/manifest.h"
#include "device.h"

#include <stdlib.h>

static enum mote_error read(struct device *device, struct mote_manifest *manifest, void (*write)(struct mote_cbor_writer *writer))
{
    device_take(device, "app_exit", write);
    return mote_manifest_read(device->bytes, device->size, manifest, &device->diag);
}

UNIT_TEST(test_app_manifest_defaults_without_one)
{
    static struct device device;
    struct mote_manifest manifest;
    CHECK_EQUAL(read(&device, &manifest, NULL), MOTE_ERROR_NONE);
    CHECK_TEXT(manifest.name, "");
    CHECK_TEXT(manifest.version, "");
    CHECK(!manifest.is_autostarted);
    CHECK_EQUAL(manifest.restart, MOTE_RESTART_NEVER);
    CHECK_EQUAL(manifest.files, MOTE_FILES_OWN);
    CHECK_EQUAL(manifest.stack_bytes, CONFIG_APP_STACK_BYTES);
    CHECK_EQUAL(manifest.output_bytes, CONFIG_APP_OUTPUT_BYTES);
    CHECK_EQUAL(manifest.memory_bytes, 0);
    CHECK_EQUAL(manifest.args.kind, MOTE_CBOR_END);
}

static void write_all(struct mote_cbor_writer *writer)
{
    static const struct {
        const char *key, *text;
    } texts[] = {{"name", "sensor-2"}, {"version", "3.1"}, {"restart", "on-failure"}, {"files", "read"}, {"later", "ignored"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mote_cbor_put_text(writer, texts[i].key);
        mote_cbor_put_text(writer, texts[i].text);
    }
    mote_cbor_put_text(writer, "autostart");
    mote_cbor_put_bool(writer, true);
    mote_cbor_put_text(writer, "stack");
    mote_cbor_put_uint(writer, 5000);
    mote_cbor_put_text(writer, "machine_stack");
    mote_cbor_put_uint(writer, 6000);
    mote_cbor_put_text(writer, "memory");
    mote_cbor_put_uint(writer, 70000);
    mote_cbor_put_text(writer, "time");
    mote_cbor_put_uint(writer, 1500);
    mote_cbor_put_text(writer, "output");
    mote_cbor_put_uint(writer, 100);
}

UNIT_TEST(test_app_manifest_is_read)
{
    static struct device device;
    struct mote_manifest manifest;
    CHECK_EQUAL(read(&device, &manifest, write_all), MOTE_ERROR_NONE);
    CHECK_TEXT(manifest.name, "sensor-2");
    CHECK_TEXT(manifest.version, "3.1");
    CHECK(manifest.is_autostarted);
    CHECK_EQUAL(manifest.restart, MOTE_RESTART_ON_FAILURE);
    CHECK_EQUAL(manifest.files, MOTE_FILES_READ);
    CHECK_EQUAL(manifest.stack_bytes, 5000);
    CHECK_EQUAL(manifest.machine_stack_bytes, 6000);
    CHECK_EQUAL(manifest.memory_bytes, 70000);
    CHECK_EQUAL(manifest.time_ms, 1500);
    CHECK_EQUAL(manifest.output_bytes, 100);
}

static void write_bad_restart(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "restart");
    mote_cbor_put_text(writer, "sometimes");
}

static void write_negative_stack(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "stack");
    mote_cbor_put_int(writer, -1);
}

static void write_long_name(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "name");
    mote_cbor_put_text(writer, "a-name-that-is-much-longer-than-31-bytes");
}

static void write_number_as_argument(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "args");
    mote_cbor_begin_list(writer);
    mote_cbor_put_uint(writer, 1);
    mote_cbor_end(writer);
}

static void write_long_arguments(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "args");
    mote_cbor_begin_list(writer);
    for (unsigned i = 0; i < 26; i++) {
        mote_cbor_put_text(writer, i % 2 ? "a" : ""); /* 39 bytes with their zeros */
    }
    mote_cbor_put_text_n(writer, "\0", 1);
    mote_cbor_end(writer);
}

static void write_path_as_name(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "name");
    mote_cbor_put_text(writer, "../../x/..");
}

static void write_no_utf8(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "version");
    mote_cbor_put_text(writer, "1\xff\xfe");
}

static void write_much_output(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "output");
    mote_cbor_put_uint(writer, 65537);
}

static void write_large_machine_stack(struct mote_cbor_writer *writer)
{
    mote_cbor_put_text(writer, "machine_stack");
    mote_cbor_put_uint(writer, 1048577);
}

UNIT_TEST(test_app_manifest_says_what_is_wrong)
{
    static struct device device;
    struct mote_manifest manifest;
    static const struct {
        void (*write)(struct mote_cbor_writer *writer);
        const char *message;
    } cases[] = {
        {write_bad_restart, "malformed manifest: restart"},       {write_negative_stack, "malformed manifest: stack"},
        {write_long_name, "malformed manifest: name"},            {write_number_as_argument, "malformed manifest: args"},
        {write_long_arguments, "malformed manifest: args"},       {write_path_as_name, "malformed manifest: name"},
        {write_no_utf8, "malformed manifest: version"},           {write_much_output, "malformed manifest: output"},
        {write_large_machine_stack, "malformed manifest: machine_stack"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_EQUAL(read(&device, &manifest, cases[i].write), MOTE_ERROR_BAD_MANIFEST);
        CHECK_TEXT(device.diag.message, cases[i].message);
    }
}

/* Whatever the bytes are, reading them ends with an answer. */
UNIT_TEST(test_app_manifest_truncated_and_changed_everywhere)
{
    static struct device device;
    struct mote_manifest manifest;
    device_take(&device, "app_exit", write_all);
    for (uint32_t size = 0; size < device.size; size++) {
        uint8_t *copy = malloc(size ? size : 1); /* a sanitizer sees what lies beyond */
        memcpy(copy, device.bytes, size);
        mote_manifest_read(copy, size, &manifest, &device.diag);
        free(copy);
    }
    for (uint32_t at = 0; at < device.size; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            device.bytes[at] ^= (uint8_t)(1u << bit);
            mote_manifest_read(device.bytes, device.size, &manifest, &device.diag);
            device.bytes[at] ^= (uint8_t)(1u << bit);
        }
    }
    CHECK_EQUAL(mote_manifest_read(device.bytes, device.size, &manifest, &device.diag), MOTE_ERROR_NONE);
}

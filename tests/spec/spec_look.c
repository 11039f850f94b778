/* The driver's commands that only look: memories, exports, call stacks, bytes in use. */
#include "spec_driver.h"

static void fill_crc_table(uint32_t *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t sum = i;
        for (int bit = 0; bit < 8; bit++) {
            sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
        }
        table[i] = sum;
    }
}

static uint32_t crc32(const uint8_t *bytes, uint64_t size)
{
    static uint32_t table[256];
    if (table[1] == 0) {
        fill_crc_table(table);
    }
    uint32_t crc = UINT32_MAX;
    for (uint64_t i = 0; i < size; i++) {
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    }
    return ~crc;
}

void spec_do_memory(struct spec_driver *driver)
{
    uint64_t i;
    struct mote_instance *instance = spec_take_instance(driver, &i);
    if (!instance) {
        return;
    }
    uint64_t size = mote_memory_size(instance);
    uint32_t crc = crc32(mote_memory_at(instance, 0, size), size);
    uint8_t big_endian[4] = {(uint8_t)(crc >> 24), (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc};
    spec_say("ok ");
    spec_say_number(size);
    spec_say(" ");
    spec_say_hex(big_endian, sizeof big_endian);
    spec_say_end();
}

static void say_type(struct mote_func *func, uint32_t count, enum mote_valtype (*type_of)(const struct mote_func *, uint32_t))
{
    for (uint32_t i = 0; i < count; i++) {
        spec_say(i ? "," : ":");
        spec_say(mote_valtype_text(type_of(func, i)));
    }
    spec_say(count ? "" : ":");
}

void spec_do_exports(struct spec_driver *driver)
{
    uint64_t handle;
    struct mote_instance *instance = spec_take_instance(driver, &handle);
    if (!instance) {
        return;
    }
    spec_say("ok");
    uint32_t length;
    const char *name;
    for (uint32_t i = 0; (name = mote_export_func_name(instance, i, &length)); i++) {
        struct mote_func *func = mote_export_func(instance, i);
        spec_say(" ");
        spec_say_name(name, length);
        say_type(func, mote_func_param_count(func), mote_func_param_type);
        say_type(func, mote_func_result_count(func), mote_func_result_type);
    }
    spec_say_end();
}

static void say_index(uint32_t index)
{
    index == MOTE_NO_INDEX ? spec_say("-") : spec_say_number(index);
}

void spec_do_frames(struct spec_driver *driver)
{
    struct mote_frame frame;
    spec_say("ok ");
    spec_say_number(mote_agent_frame_count(driver->agent));
    for (uint32_t i = 0; mote_agent_frame(driver->agent, i, &frame); i++) {
        spec_say(" ");
        say_index(frame.funcidx);
        spec_say(":");
        say_index(frame.offset);
        spec_say(":");
        spec_say_name(frame.name ? frame.name : "", frame.name ? frame.name_length : 0);
    }
    spec_say_end();
}

void spec_do_usage(struct spec_driver *driver)
{
    struct mote_memory_usage usage = mote_runtime_usage(driver->runtime);
    const size_t sizes[] = {usage.module_bytes, usage.code_bytes,  usage.instance_bytes, usage.memory_bytes,
                            usage.stack_bytes,  usage.other_bytes, usage.peak_bytes};
    spec_say("ok");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        spec_say(" ");
        spec_say_number(sizes[i]);
    }
    spec_say_end();
}

/* Embeds mote: the same module in two runtimes that know nothing of each other, one on malloc, one on a fixed pool; a host function with data
   of its own, a look into the guest's memory, and what to do about a trap. Only mote.h and the libraries are needed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "mote.h"

#define NAME_AT 14 /* where the guest expects the name */

/* One for each runtime: what its host functions work on. */
struct room {
    const char *name;
    int reading;
    struct mote_host_module sensor;
    struct mote_runtime *runtime;
    struct mote_module *module;
    struct mote_agent *agent;
    struct mote_instance *instance;
};

/* sensor.read: () -> i32 */
static enum mote_trap read_sensor(struct mote_caller *caller, uint64_t *values)
{
    struct room *room = caller->user;
    values[0] = (uint32_t)room->reading++;
    return MOTE_TRAP_NONE;
}

/* sensor.show: (address, length). The guest may pass anything: mote_memory_at says whether it is there. */
static enum mote_trap show_text(struct mote_caller *caller, uint64_t *values)
{
    uint32_t length = (uint32_t)values[1];
    const char *text = mote_memory_at(caller->instance, (uint32_t)values[0], length);
    if (!text) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    printf("the guest says: %.*s\n", (int)length, text);
    return MOTE_TRAP_NONE;
}

static const struct mote_host_func sensor_functions[] = {
    {"read", ":i", read_sensor, NULL},
    {"show", "ii:", show_text, NULL},
    {NULL, NULL, NULL, NULL},
};

static void *resize_with_malloc(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user, (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

/* From nothing to an instance; false after a line on stderr. */
static bool open_room(struct room *room, struct mote_allocator allocator)
{
    struct mote_diag diag = {0};
    struct mote_runtime_options options = {.allocator = allocator};
    room->sensor = (struct mote_host_module){"sensor", sensor_functions, room};
    enum mote_error error = mote_runtime_new(&options, &room->runtime);
    if (error == MOTE_ERROR_NONE) {
        error = mote_host_module_register(room->runtime, &room->sensor);
    }
    if (error == MOTE_ERROR_NONE) {
        error = mote_module_load(room->runtime, guest, sizeof guest, &room->module, &diag);
    }
    if (error == MOTE_ERROR_NONE) {
        error = mote_agent_new(room->runtime, 16384, &room->agent);
    }
    if (error == MOTE_ERROR_NONE) {
        error = mote_instance_new(room->module, room->agent, &room->instance, &diag);
    }
    if (error != MOTE_ERROR_NONE) {
        fprintf(stderr, "%s: %s\n", room->name, diag.message[0] ? diag.message : mote_error_text(error));
    }
    return error == MOTE_ERROR_NONE;
}

static void print_trap(const struct room *room)
{
    struct mote_frame frame;
    printf("%s: trap: %s\n", room->name, mote_trap_text(mote_agent_trap(room->agent)));
    for (uint32_t i = 0; mote_agent_frame(room->agent, i, &frame); i++) {
        printf("  in %.*s at byte %u of the module\n", (int)frame.name_length, frame.name ? frame.name : "", (unsigned)frame.offset);
    }
}

/* Puts the room's name into the guest's memory and calls average(count, length of the name). */
static void average(const struct room *room, uint32_t count)
{
    size_t length = strlen(room->name);
    char *name = mote_memory_at(room->instance, NAME_AT, length);
    struct mote_func *func = mote_find_func(room->instance, "average");
    struct mote_value params[2] = {{.type = MOTE_I32, .of.bits = count}, {.type = MOTE_I32, .of.bits = length}};
    struct mote_value result;
    if (!name || !func) {
        fprintf(stderr, "%s: this is not the guest that was expected\n", room->name);
        return;
    }
    memcpy(name, room->name, length);
    enum mote_error error = mote_call(room->agent, func, params, 2, &result, 1);
    if (error == MOTE_ERROR_TRAPPED) {
        print_trap(room);
    } else if (error != MOTE_ERROR_NONE) {
        fprintf(stderr, "%s: %s\n", room->name, mote_error_text(error));
    } else {
        printf("%s: average %d, %u KiB in use\n", room->name, (int)result.of.i32,
               (unsigned)(mote_runtime_usage(room->runtime).peak_bytes / 1024));
    }
}

int main(void)
{
    static uint64_t pool[32768]; /* 256 KiB: all that the second runtime ever gets */
    struct room kitchen = {.name = "kitchen", .reading = 20};
    struct room cellar = {.name = "cellar", .reading = 8};
    bool opened = open_room(&kitchen, (struct mote_allocator){resize_with_malloc, NULL}) &&
                  open_room(&cellar, mote_pool_allocator(pool, sizeof pool));
    if (opened) {
        average(&kitchen, 3);
        average(&cellar, 5);
        average(&kitchen, 0); /* divides by zero: a trap, after which the instance goes on */
        average(&kitchen, 1);
    }
    mote_runtime_free(kitchen.runtime);
    mote_runtime_free(cellar.runtime);
    return opened ? EXIT_SUCCESS : EXIT_FAILURE;
}

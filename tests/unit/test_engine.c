/* runtime/engine.h: modules of different engines call each other; refusals; what an agent's context says. */
#include "runtime/engine.h"
#include "base/bits.h"
#include "runtime/runtime.h"
#include "world.h"

/* An engine of our own: it takes what a test gives it and does what the test says. */
static struct {
    struct mote_func *next; /* called with the argument; NULL: the argument is doubled */
    uint32_t grow;          /* pages that memory 0 of the running instance grows by first */
    bool sees_instance, has_room;
    size_t memory_size;
    uint32_t runs;
    const struct mote_func *running;
} probe;

static const void *probe_code(const struct mote_module *module, uint32_t funcidx)
{
    (void)funcidx;
    return module;
}

static enum mote_trap probe_run(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp)
{
    probe.runs++;
    probe.running = func;
    probe.sees_instance = agent->context.instance == func->instance && agent->context.types == func->instance->module->types;
    probe.has_room = agent->top >= fp + 4 && (uintptr_t)agent->top % 8 == 0;
    if (probe.grow) {
        mote_memory_grow(func->instance->memories[0], probe.grow);
    }
    probe.memory_size = agent->context.memory_size;
    mote_u32_cell *argument = (mote_u32_cell *)(void *)fp, *cells = (mote_u32_cell *)(void *)agent->top;
    if (!probe.next) {
        *argument *= 2;
        return MOTE_TRAP_NONE;
    }
    *cells = *argument;
    enum mote_trap trap = mote_agent_call(agent, probe.next, (uint8_t *)cells);
    *argument = *cells + 1;
    return trap;
}

static void probe_record_frames(struct mote_agent *agent, const uint8_t *entry_fp)
{
    (void)entry_fp;
    mote_agent_record_frame(agent, probe.running, NULL);
}

static void probe_agent_init(struct mote_agent *agent)
{
    (void)agent;
}

static struct mote_engine probe_engine = {
    .name = "probe", .code = probe_code, .agent_init = probe_agent_init, .run = probe_run, .record_frames = probe_record_frames};

struct pair {
    struct world w;
    struct mote_instance *front, *behind;
};

/* The front module is interpreted, the one behind it is our engine's. */
static void begin(struct pair *pair)
{
    memset(&probe, 0, sizeof probe);
    world_begin(&pair->w);
    struct mote_module *module = world_load(&pair->w, "engine_behind");
    probe_engine.release = module->engine->release; /* what the interpreter made is still there */
    module->engine = &probe_engine;
    REQUIRE(mote_instance_new(module, pair->w.agent, &pair->behind, &pair->w.diag) == MOTE_ERROR_NONE);
    CHECK_TEXT(mote_module_engine(module), "probe");
    mote_module_unload(module);
    CHECK_EQUAL(mote_instance_register(pair->behind, "behind"), MOTE_ERROR_NONE);
    pair->front = world_instance(&pair->w, "engine_front");
}

UNIT_TEST(test_engine_interpreter_calls_functions_of_another)
{
    struct pair p;
    begin(&p);
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call", 21), 1000 + 42 + 7);
    CHECK(probe.sees_instance && probe.has_room);
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call_indirect", 4), 1008);
    CHECK_EQUAL(probe.runs, 2);
    world_end(&p.w);
}

UNIT_TEST(test_engine_embedder_calls_each)
{
    struct pair p;
    begin(&p);
    CHECK_EQUAL(world_call_i32(&p.w, p.behind, "work", 8), 16);
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "double", 8), 16);
    CHECK_EQUAL(probe.runs, 1);
    CHECK(p.w.agent->context.instance == NULL);
    world_end(&p.w);
}

UNIT_TEST(test_engine_calls_go_there_and_back)
{
    struct pair p;
    begin(&p);
    probe.next = mote_find_func(p.front, "double");
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call", 5), 1000 + 11 + 7);
    probe.next = mote_find_func(p.front, "call_indirect"); /* which calls us again, without end */
    CHECK_EQUAL(world_trap(&p.w, p.front, "call", 1, 5), MOTE_TRAP_CALL_STACK_EXHAUSTED);
    probe.next = NULL;
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call", 5), 1000 + 10 + 7);
    world_end(&p.w);
}

UNIT_TEST(test_engine_trap_has_the_frames_of_all)
{
    struct pair p;
    begin(&p);
    probe.next = mote_find_func(p.front, "trap");
    CHECK_EQUAL(world_trap(&p.w, p.front, "call", 1, 5), MOTE_TRAP_UNREACHABLE);
    static const struct {
        bool is_front;
        uint32_t funcidx;
    } frames[] = {{true, 4}, {false, 0}, {true, 1}};
    CHECK_EQUAL(mote_agent_frame_count(p.w.agent), MOTE_COUNT(frames));
    for (uint32_t i = 0; i < MOTE_COUNT(frames); i++) {
        struct mote_frame frame;
        REQUIRE(mote_agent_frame(p.w.agent, i, &frame));
        CHECK(frame.instance == (frames[i].is_front ? p.front : p.behind));
        CHECK_EQUAL(frame.funcidx, frames[i].funcidx);
        CHECK((frame.offset != MOTE_NO_INDEX) == frames[i].is_front);
    }
    world_end(&p.w);
}

UNIT_TEST(test_engine_context_follows_a_memory_that_grows)
{
    struct pair p;
    begin(&p);
    probe.grow = 1;
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call", 1), 1000 + 2 + 7);
    CHECK_EQUAL(probe.memory_size, 2 * 65536);
    CHECK_EQUAL(mote_memory_size(p.front), 65536);
    world_end(&p.w);
}

UNIT_TEST(test_engine_interrupt_takes_the_machine_stack_away)
{
    struct pair p;
    begin(&p);
    CHECK_EQUAL(world_call_i32(&p.w, p.behind, "work", 1), 2);
    uintptr_t limit = p.w.agent->context.stack_limit;
    if (ENABLED(CONFIG_ENGINE_NATIVE)) {
        CHECK(limit > 0 && limit < (uintptr_t)&limit);
    }
    mote_agent_interrupt(p.w.agent, MOTE_TRAP_DEADLINE);
    CHECK_EQUAL(p.w.agent->context.stack_limit, UINTPTR_MAX);
    CHECK_EQUAL(p.w.agent->context.poll, MOTE_TRAP_DEADLINE);
    CHECK_EQUAL(world_trap(&p.w, p.front, "call", 1, 1), MOTE_TRAP_DEADLINE);
    CHECK_EQUAL(p.w.agent->context.stack_limit, UINTPTR_MAX);
    mote_agent_resume(p.w.agent);
    CHECK_EQUAL(p.w.agent->context.stack_limit, p.w.agent->machine_limit);
    CHECK_EQUAL(world_call_i32(&p.w, p.front, "call", 1), 1000 + 2 + 7);
    world_end(&p.w);
}

UNIT_TEST(test_engine_is_the_interpreter_without_native_code)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module = world_load(&w, "basics");
    CHECK_TEXT(mote_module_engine(module), "interpreter");
    CHECK_TEXT(mote_module_engine(NULL), "");
    CHECK_TEXT(w.diag.message, "");
    world_end(&w);
}

UNIT_TEST(test_engine_native_only_refuses_what_has_no_native_code)
{
    struct world w;
    world_begin_with(&w, (struct mote_runtime_options){.native = MOTE_NATIVE_ONLY});
    const struct unit_module *bytes = unit_find_module("basics");
    struct mote_module *module = (void *)1;
    CHECK_EQUAL(mote_module_load(w.runtime, bytes->bytes, bytes->size, &module, &w.diag), MOTE_ERROR_NATIVE_ONLY);
    CHECK(module == NULL);
    CHECK_TEXT(w.diag.message, "no native code fits");
    world_end(&w);
}

/* An empty module with a native section whose header is zeros but for its flags; `size` bytes of it. */
static enum mote_error load_section(struct world *w, uint8_t flags, uint8_t size, struct mote_module **module)
{
    uint8_t bytes[128] = {0, 'a', 's', 'm', 1, 0, 0, 0, 0, (uint8_t)(13 + size), 11, 'm', 'o', 't', 'e', '.', 'n', 'a', 't', 'i', 'v', 'e', 0};
    bytes[23 + 24] = flags;
    return mote_module_load(w->runtime, bytes, 23u + size, module, &w->diag);
}

UNIT_TEST(test_engine_module_with_an_odd_native_section_is_interpreted)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module;
    for (uint8_t size = 0; size < 96; size++) {
        CHECK_EQUAL(load_section(&w, 0, size, &module), MOTE_ERROR_NONE);
        CHECK_TEXT(mote_module_engine(module), "interpreter");
        CHECK_EQUAL(w.diag.error, MOTE_ERROR_NONE);
        CHECK((w.diag.message[0] != '\0') == ENABLED(CONFIG_ENGINE_NATIVE));
        mote_module_unload(module);
    }
    world_end(&w);
}

UNIT_TEST(test_engine_stripped_module_is_not_interpreted)
{
    struct world w;
    world_begin(&w);
    struct mote_module *module;
    CHECK_EQUAL(load_section(&w, 8, 24, &module), MOTE_ERROR_NONE); /* cut off before the flags */
    mote_module_unload(module);
    CHECK_EQUAL(load_section(&w, 8, 96, &module), MOTE_ERROR_NATIVE_ONLY);
    CHECK(strstr(w.diag.message, "no native code fits: ") == w.diag.message);
    world_end(&w);
}

/* mote.h: what runs can be stopped from another thread or a signal handler, also before it begins. */
#include "world.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void sleep_ms(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000}, NULL);
}

static void *interrupt_soon(void *agent)
{
    sleep_ms(20);
    mote_agent_interrupt(agent, MOTE_TRAP_INTERRUPTED);
    return NULL;
}

UNIT_TEST(test_stop_from_another_thread)
{
    struct world w;
    pthread_t thread;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    REQUIRE(pthread_create(&thread, NULL, interrupt_soon, w.agent) == 0);
    CHECK_EQUAL(world_trap(&w, instance, "spin", 0, 0), MOTE_TRAP_INTERRUPTED);
    pthread_join(thread, NULL);
    CHECK(mote_agent_interrupted(w.agent));
    world_end(&w);
}

static struct mote_agent *to_interrupt;

static void on_signal(int number)
{
    (void)number;
    mote_agent_interrupt(to_interrupt, MOTE_TRAP_DEADLINE);
}

UNIT_TEST(test_stop_from_a_signal_handler)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    to_interrupt = w.agent;
    signal(SIGALRM, on_signal);
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    double start = now();
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK_EQUAL(world_trap(&w, instance, "spin", 0, 0), MOTE_TRAP_DEADLINE);
    CHECK(now() - start < 2.0);
    signal(SIGALRM, SIG_DFL);
    CHECK_EQUAL(mote_agent_frame_count(w.agent), 1);
    world_end(&w);
}

UNIT_TEST(test_stop_stays_until_resumed)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    mote_agent_interrupt(w.agent, MOTE_TRAP_INTERRUPTED);
    CHECK(mote_agent_interrupted(w.agent));
    CHECK_EQUAL(world_trap(&w, instance, "spin", 0, 0), MOTE_TRAP_INTERRUPTED);
    CHECK_EQUAL(world_trap(&w, instance, "recurse", 0, 0), MOTE_TRAP_INTERRUPTED);
    mote_agent_resume(w.agent);
    CHECK(!mote_agent_interrupted(w.agent));
    CHECK_EQUAL(world_call_i32(&w, instance, "down", 10), 10);
    world_end(&w);
}

struct host {
    struct mote_instance *instance;
    atomic_uint calls;
};

static enum mote_trap host_back(struct mote_caller *caller, uint64_t *values)
{
    struct host *host = caller->user;
    values[0] = 0;
    if (atomic_fetch_add(&host->calls, 1) == 1000) {
        mote_agent_interrupt(caller->agent, MOTE_TRAP_INTERRUPTED);
    }
    return MOTE_TRAP_NONE;
}

static enum mote_trap host_nothing(struct mote_caller *caller, uint64_t *values)
{
    (void)caller, (void)values;
    return MOTE_TRAP_NONE;
}

UNIT_TEST(test_stop_from_a_host_function)
{
    struct world w;
    static const struct mote_host_func functions[] = {
        {"sum", "iIfF:F", host_nothing, NULL}, {"back", "i:i", host_back, NULL}, {"fail", ":", host_nothing, NULL},
        {"three", "x:iIx", host_nothing, NULL}, {NULL, NULL, NULL, NULL},
    };
    struct host host = {.instance = NULL};
    struct mote_host_module module = {"env", functions, &host};
    world_begin(&w);
    REQUIRE(mote_host_module_register(w.runtime, &module) == MOTE_ERROR_NONE);
    host.instance = world_instance(&w, "host");
    CHECK_EQUAL(world_trap(&w, host.instance, "forever", 1, 0), MOTE_TRAP_INTERRUPTED);
    CHECK(host.calls <= 1003);
    mote_runtime_free(w.runtime);
    CHECK_EQUAL(w.account.bytes, 0);
}

UNIT_TEST(test_stop_reaches_only_its_agent)
{
    struct world w;
    world_begin(&w);
    struct mote_instance *instance = world_instance(&w, "basics");
    struct mote_agent *other;
    REQUIRE(mote_agent_new(w.runtime, 8192, &other) == MOTE_ERROR_NONE);
    mote_agent_interrupt(other, MOTE_TRAP_INTERRUPTED);
    CHECK_EQUAL(world_call_i32(&w, instance, "down", 10), 10);
    world_end(&w);
}

/* Runs on a thread with a small native stack: nothing that a module does may recurse on it. */
static void *run_small(void *argument)
{
    struct world *w = argument;
    world_begin(w);
    struct mote_instance *instance = world_instance(w, "basics");
    CHECK_EQUAL(world_trap(w, instance, "recurse", 0, 0), MOTE_TRAP_CALL_STACK_EXHAUSTED);
    world_end(w);
    return NULL;
}

static bool begin_on_stack(pthread_t *thread, size_t stack_bytes, struct world *world)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    bool begun = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                 pthread_create(thread, &attributes, run_small, world) == 0;
    pthread_attr_destroy(&attributes);
    return begun;
}

UNIT_TEST(test_stop_deep_recursion_needs_little_native_stack)
{
    struct world w;
    pthread_t thread;
    /* 32 KiB, unless a sanitizer's own thread data is larger than that. */
    REQUIRE(begin_on_stack(&thread, 32768, &w) || begin_on_stack(&thread, 524288, &w));
    pthread_join(thread, NULL);
}

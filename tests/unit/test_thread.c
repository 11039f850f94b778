/* hal/thread.h on this machine: threads that end, fault or are ended; the lock; waking. */
#include "unit.h"

#include <stdlib.h>

#include "hal/clock.h"
#include "hal/system.h"
#include "hal/thread.h"

#define STACK_BYTES 262144
#define NS_PER_MS 1000000u

static _Alignas(16) uint8_t stacks[2][STACK_BYTES];

static enum hal_thread_state wait_for_end(struct hal_thread *thread, struct hal_fault *fault)
{
    for (unsigned i = 0; i < 2000 && hal_thread_state(thread, fault) == HAL_THREAD_RUNS; i++) {
        hal_clock_sleep_ns(NS_PER_MS);
    }
    return hal_thread_state(thread, fault);
}

static void set_flag(void *user)
{
    hal_lock();
    hal_lock();
    *(bool *)user = true;
    hal_unlock();
    hal_unlock();
}

UNIT_TEST(test_thread_runs_while_the_main_thread_waits)
{
    bool flag = false;
    hal_lock();
    struct hal_thread *thread = hal_thread_start(stacks[0], STACK_BYTES, set_flag, &flag);
    REQUIRE(thread != NULL);
    for (uint64_t until = hal_clock_now_ns() + 20 * NS_PER_MS; hal_clock_now_ns() < until;) {
    }
    CHECK(!flag);
    hal_lock(); /* held twice: waiting gives it away all the same */
    CHECK_EQUAL(wait_for_end(thread, NULL), HAL_THREAD_ENDED);
    hal_unlock();
    CHECK(flag);
    CHECK(hal_thread_free(thread));
    hal_unlock();
}

static void spin(void *user)
{
    volatile unsigned *count = user;
    for (;;) {
        ++*count;
    }
}

UNIT_TEST(test_thread_that_never_ends_is_ended)
{
    volatile unsigned count = 0;
    hal_lock();
    struct hal_thread *thread = hal_thread_start(stacks[0], STACK_BYTES, spin, (void *)&count);
    REQUIRE(thread != NULL);
    hal_clock_sleep_ns(5 * NS_PER_MS);
    CHECK_EQUAL(hal_thread_state(thread, NULL), HAL_THREAD_RUNS);
    CHECK(hal_thread_free(thread));
    unsigned before = count;
    CHECK(before > 0);
    hal_clock_sleep_ns(5 * NS_PER_MS);
    CHECK_EQUAL(count, before);
    hal_unlock();
}

static void take_and_give(void *user)
{
    (void)user;
    for (;;) {
        hal_lock();
        hal_unlock();
    }
}

static void take_and_sleep(void *user)
{
    (void)user;
    hal_lock();
    for (;;) {
        hal_clock_sleep_ns(50 * NS_PER_MS);
    }
}

/* Wherever it is: about to take the lock, giving it away, waiting without it. It never goes with the lock. */
UNIT_TEST(test_thread_is_ended_wherever_it_is)
{
    hal_lock();
    for (unsigned i = 0; i < 300; i++) {
        struct hal_thread *busy = hal_thread_start(stacks[0], STACK_BYTES, take_and_give, NULL);
        struct hal_thread *asleep = hal_thread_start(stacks[1], STACK_BYTES, take_and_sleep, NULL);
        REQUIRE(busy != NULL && asleep != NULL);
        hal_clock_sleep_ns(i % 10 * 50000);
        CHECK(hal_thread_free(busy));
        CHECK(hal_thread_free(asleep));
    }
    hal_unlock();
    hal_lock(); /* nobody has taken it along */
    hal_unlock();
}

static void store_nowhere(void *user)
{
    *(volatile int *)user = 1;
}

UNIT_TEST(test_thread_fault_ends_only_the_thread)
{
    struct hal_fault fault = {.pc = 0};
    hal_lock();
    struct hal_thread *thread = hal_thread_start(stacks[0], STACK_BYTES, store_nowhere, (void *)(uintptr_t)0x40);
    REQUIRE(thread != NULL);
    CHECK_EQUAL(wait_for_end(thread, &fault), HAL_THREAD_FAULTED);
    CHECK_EQUAL((uintptr_t)fault.address, 0x40);
    CHECK(hal_thread_free(thread));
    hal_unlock();
}

static void wake_soon(void *user)
{
    (void)user;
    hal_clock_sleep_ns(10 * NS_PER_MS);
    hal_thread_wake();
}

UNIT_TEST(test_thread_wakes_the_main_thread)
{
    hal_lock();
    struct hal_thread *thread = hal_thread_start(stacks[0], STACK_BYTES, wake_soon, NULL);
    REQUIRE(thread != NULL);
    uint64_t start = hal_clock_now_ns();
    hal_clock_sleep_ns(5000 * (uint64_t)NS_PER_MS);
    CHECK(hal_clock_now_ns() - start < 1000 * (uint64_t)NS_PER_MS);
    wait_for_end(thread, NULL);
    CHECK(hal_thread_free(thread));
    hal_unlock();
}

/* A thread that takes the lock again and again does not keep the main thread from it. */
UNIT_TEST(test_thread_lock_goes_to_the_main_thread_first)
{
    hal_lock();
    struct hal_thread *thread = hal_thread_start(stacks[0], STACK_BYTES, take_and_give, NULL);
    REQUIRE(thread != NULL);
    uint64_t longest = 0;
    for (unsigned i = 0; i < 100; i++) {
        uint64_t start = hal_clock_now_ns();
        hal_clock_sleep_ns(100000);
        uint64_t took = hal_clock_now_ns() - start;
        longest = took > longest ? took : longest;
    }
    CHECK(longest < 100 * (uint64_t)NS_PER_MS);
    CHECK(hal_thread_free(thread));
    hal_unlock();
}

UNIT_TEST(test_thread_needs_room_for_its_record)
{
    CHECK(hal_thread_start(stacks[0], 16, set_flag, NULL) == NULL);
}

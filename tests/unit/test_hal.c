/* hal/code.h, hal/pages.h, hal/system.h as this port keeps them. */
#include <pthread.h>

#include "base/bits.h"
#include "hal/code.h"
#include "hal/pages.h"
#include "hal/system.h"
#include "unit.h"

/* return 42; where we know how to say that */
#if defined(__x86_64__)
#define RETURN_42 0xB8, 0x2A, 0x00, 0x00, 0x00, 0xC3
#elif defined(__aarch64__)
#define RETURN_42 0x40, 0x05, 0x80, 0x52, 0xC0, 0x03, 0x5F, 0xD6
#endif

static const uint8_t constant_code[64] = {
#if defined(RETURN_42)
    RETURN_42
#endif
};

static void check_runs(const void *code)
{
#if defined(RETURN_42)
    int (*function)(void);
    memcpy(&function, &code, sizeof function);
    CHECK_EQUAL(function(), 42);
#else
    CHECK(memcmp(code, constant_code, sizeof constant_code) == 0);
#endif
}

UNIT_TEST(test_hal_code_in_writable_memory_is_copied)
{
    uint8_t image[sizeof constant_code];
    memcpy(image, constant_code, sizeof image);
    const void *code = hal_code_open(image, sizeof image);
    REQUIRE(code != NULL);
    CHECK(code != image);
    CHECK_EQUAL((uintptr_t)code % 4096, 0);
    memset(image, 0, sizeof image); /* the copy is what runs */
    check_runs(code);
    hal_code_close(code, image, sizeof image);
}

UNIT_TEST(test_hal_code_in_a_file_runs_in_place)
{
    const void *code = hal_code_open(constant_code, sizeof constant_code);
    REQUIRE(code == constant_code);
    const void *again = hal_code_open(constant_code, sizeof constant_code);
    check_runs(code);
    hal_code_close(code, constant_code, sizeof constant_code);
    check_runs(again);
    hal_code_close(again, constant_code, sizeof constant_code);
    CHECK(hal_code_open(NULL, 0) == NULL);
}

static void *look_at_stack(void *room)
{
    uintptr_t here = (uintptr_t)&room, limit = hal_stack_limit();
    CHECK_EQUAL(hal_stack_limit(), limit);
    *(size_t *)room = limit < here ? here - limit : 0;
    return NULL;
}

UNIT_TEST(test_hal_stack_limit_is_each_threads_own)
{
    uintptr_t here = (uintptr_t)&here, limit = hal_stack_limit();
    CHECK(limit < here && here - limit > 65536);
    size_t room = 0;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    REQUIRE(pthread_create(&thread, &attributes, look_at_stack, &room) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    CHECK(room > 65536 && room < 256 * 1024);
}

struct reach {
    volatile uint8_t *base;
    struct hal_fault fault;
    uint32_t asked;
};

static void reach_out(void *argument)
{
    struct reach *reach = argument;
    reach->base[100] = 1;
}

static bool owns(void *argument, const struct hal_fault *fault)
{
    struct reach *reach = argument;
    reach->asked++;
    reach->fault = *fault;
    return true;
}

UNIT_TEST(test_hal_fault_says_where_the_code_stood)
{
    struct reach reach = {.base = hal_pages_reserve(65536)};
    REQUIRE(reach.base != NULL);
    CHECK(!hal_pages_guarded(reach_out, owns, &reach));
    CHECK_EQUAL(reach.asked, 1);
    CHECK_EQUAL((uintptr_t)reach.fault.address, (uintptr_t)reach.base + 100);
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK(reach.fault.pc - (uintptr_t)reach_out < 512);
    CHECK((uintptr_t)&reach - reach.fault.sp < 65536);
#endif
    REQUIRE(hal_pages_commit((void *)(uintptr_t)reach.base, 4096));
    CHECK(hal_pages_guarded(reach_out, owns, &reach));
    CHECK_EQUAL(reach.asked, 1);
    hal_pages_release((void *)(uintptr_t)reach.base, 65536);
}

/* What a thread may not do: each is tried on a thread of its own, which must end there while everything else goes on. */
#include "../../ports/bare/boot.h"
#include "../../ports/bare/print.h"
#include "../../ports/bare/protect.h"
#include "base/bits.h"
#include "forms.h"
#include "hal/clock.h"
#include "hal/flash.h"
#include "threads.h"

#define NOWHERE 0xF0000000u
#define STACK 1u

extern const uint32_t constant; /* in flash */
const uint32_t constant = 0x12345678;
static uint32_t in_ram;

static uintptr_t store_address(void)
{
    return (uintptr_t)hal_flash_region(HAL_FLASH_STORE)->data;
}

static void read_nowhere(void *user)
{
    (void)user;
    *(volatile uint32_t *)NOWHERE;
}

static void write_nowhere(void *user)
{
    (void)user;
    *(volatile uint32_t *)NOWHERE = 1;
}

static void write_code(void *user)
{
    (void)user;
    *(volatile uint32_t *)(uintptr_t)&constant = 1;
}

static void write_store(void *user)
{
    (void)user;
    *(volatile uint32_t *)store_address() = 1;
}

static void call(uintptr_t address)
{
    ((void (*)(void))(address | ((uintptr_t)form_illegal & 1)))();
}

static void run_ram(void *user)
{
    (void)user;
    *(volatile uint32_t *)&in_ram = form_return;
    __asm__ volatile("" : : : "memory");
    call((uintptr_t)&in_ram);
}

static void run_store(void *user)
{
    (void)user;
    call(store_address());
}

static void run_illegal(void *user)
{
    (void)user;
    form_illegal();
}

/* A handler makes misaligned accesses, with more rights than the thread has. */
static void write_store_by(void *user)
{
    const struct form *form = *(const struct form *const *)user;
    form->run((uint8_t *)store_address() + 1, 0);
}

static uint32_t recurse(uint32_t depth)
{
    volatile uint8_t frame[40];
    frame[depth % sizeof frame] = (uint8_t)depth;
    return depth == UINT32_MAX ? 0 : recurse(depth + 1) + frame[0];
}

static void overflow(void *user)
{
    *(volatile uint32_t *)user = recurse(0);
}

static void touch_guard(void *user)
{
    (void)user;
    uintptr_t guard = mote_align_up(stack_address(0), PROTECT_ALIGN);
    for (;;) {
        *(volatile uint8_t *)(guard + PROTECT_GUARD_BYTES - 1) = 0;
    }
}

/* Runs one to its end; where it faulted. */
static enum hal_thread_state run(void (*body)(void *user), void *user, struct hal_fault *fault)
{
    struct hal_thread *thread = start_on(0, body, user);
    for (uint32_t i = 0; i < 50 && hal_thread_state(thread, fault) == HAL_THREAD_RUNS; i++) {
        hal_clock_sleep_ns(MS);
    }
    enum hal_thread_state state = hal_thread_state(thread, fault);
    hal_thread_free(thread);
    return state;
}

static const struct {
    const char *text;
    void (*body)(void *user);
    uintptr_t address; /* 0: not looked at; STACK: in the lower part of the stack, and the program counter may be lost */
} faults[] = {
    {"reading nowhere", read_nowhere, NOWHERE},
    {"writing nowhere", write_nowhere, NOWHERE},
    {"writing code", write_code, (uintptr_t)&constant},
    {"writing the store", write_store, 0},
    {"running RAM", run_ram, 0},
    {"an illegal instruction", run_illegal, 0},
    {"touching the guard", touch_guard, STACK},
    {"a full stack", overflow, STACK},
};

static bool is_told(const struct hal_fault *fault, uintptr_t address)
{
    uintptr_t at = (uintptr_t)fault->address;
    if (address == STACK) {
        return at >= stack_address(0) && at < stack_address(0) + 2 * PROTECT_GUARD_BYTES;
    }
    return fault->pc != 0 && (address == 0 || at == address);
}

static void count(void *user)
{
    for (volatile uint32_t *at = user;; *at = *at + 1) {
    }
}

static void try_misaligned(void)
{
    uint32_t count = 0, faulted = 0;
    for (const struct form *form = forms; form->text; form++) {
        if (form->kind == FORM_STORE || form->kind == FORM_STORE_PAIR) {
            struct hal_fault fault;
            count++;
            faulted += run(write_store_by, &form, &fault) == HAL_THREAD_FAULTED;
        }
    }
    report("misaligned writes to the store", count > 2 && faulted == count);
}

static void try_running_the_store(void)
{
    uint32_t code[8] = {form_return};
    struct hal_fault fault;
    bool is_written = hal_flash_erase(HAL_FLASH_STORE, 0, hal_flash_region(HAL_FLASH_STORE)->sector_bytes) &&
                      hal_flash_write(HAL_FLASH_STORE, 0, code, sizeof code);
    report("running the store", is_written && run(run_store, NULL, &fault) == HAL_THREAD_ENDED);
}

void try_faults(void)
{
    volatile uint32_t counted = 0;
    store_address(); /* its first use takes long */
    struct hal_thread *other = start_on(1, count, (void *)&counted);
    for (uint32_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct hal_fault fault;
        uint32_t before = counted;
        uint32_t result;
        bool is_ended = run(faults[i].body, &result, &fault) == HAL_THREAD_FAULTED;
        hal_clock_sleep_ns(6 * MS);
        report(faults[i].text, is_ended && is_told(&fault, faults[i].address) && counted > before && is_stack_alone(0));
    }
    try_misaligned();
    try_running_the_store();
    report("constants stay", *(const volatile uint32_t *)&constant == 0x12345678);
    hal_thread_free(other);
}

/* Threads of the bare port on a board: commands on the console, see test_threads.py. Threads print nothing: the main thread says what became of them. */
#include "threads.h"

#include "../../ports/bare/bench_command.h"
#include "../../ports/bare/boot.h"
#include "../../ports/bare/mem.h"
#include "../../ports/bare/print.h"
#include "../../ports/bare/thread.h"
#include "../../ports/bare/timer.h"
#include "base/config.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/system.h"

#define MARK 0x5C
#define MARGIN 64

static uint8_t areas[2][MARGIN + STACK_BYTES + MARGIN] __attribute__((aligned(128)));

struct hal_thread *start_on(uint32_t number, void (*run)(void *user), void *user)
{
    memset(areas[number], MARK, sizeof areas[number]);
    return hal_thread_start(areas[number] + MARGIN, STACK_BYTES, run, user);
}

bool is_stack_alone(uint32_t number)
{
    const uint8_t *area = areas[number];
    for (uint32_t i = 0; i < MARGIN; i++) {
        if (area[i] != MARK || area[MARGIN + STACK_BYTES + i] != MARK) {
            return false;
        }
    }
    return true;
}

uintptr_t stack_address(uint32_t number)
{
    return (uintptr_t)areas[number] + MARGIN;
}

void report(const char *what, bool is_right)
{
    print(what);
    print(is_right ? ": right\n" : ": wrong\n");
}

static void sleep_ms(uint32_t duration_ms)
{
    uint64_t end_ns = hal_clock_now_ns() + (uint64_t)duration_ms * MS;
    for (uint64_t now_ns; (now_ns = hal_clock_now_ns()) < end_ns;) {
        hal_clock_sleep_ns(end_ns - now_ns);
    }
}

static void spin_ms(uint32_t duration_ms)
{
    for (uint64_t end_ns = hal_clock_now_ns() + (uint64_t)duration_ms * MS; hal_clock_now_ns() < end_ns;) {
    }
}

/* ---- Turns --------------------------------------------------------------------------------------------------------- */

static void count_for_ever(void *user)
{
    for (volatile uint32_t *count = user;; *count = *count + 1) {
    }
}

/* How much later than asked for the main thread wakes at worst, in microseconds. */
static uint32_t worst_delay_us(void)
{
    uint64_t worst = 0;
    for (uint32_t i = 0; i < 50; i++) {
        uint64_t start_ns = hal_clock_now_ns();
        hal_clock_sleep_ns(3 * MS);
        uint64_t taken_ns = hal_clock_now_ns() - start_ns;
        worst = taken_ns - 3 * MS > worst ? taken_ns - 3 * MS : worst;
    }
    return (uint32_t)(worst / 1000);
}

static void try_turns(void)
{
    volatile uint32_t counts[2] = {0, 0};
    struct hal_thread *threads[2];
    for (uint32_t i = 0; i < 2; i++) {
        threads[i] = start_on(i, count_for_ever, (void *)&counts[i]);
    }
    report("nobody runs beside the main thread", counts[0] + counts[1] == 0);
    sleep_ms(100);
    uint32_t first = counts[0], second = counts[1];
    report("endless loops take turns", first > 0 && second > 0 && first / 2 < second && second / 2 < first);
    spin_ms(20);
    report("they stand while the main thread works", counts[0] == first && counts[1] == second);
    uint32_t delay_us = worst_delay_us();
    report("the main thread wakes in time", delay_us < 1000);
    print("worst delay: ");
    print_number(delay_us);
    print(" us\n");
    report("a running thread can be freed", hal_thread_free(threads[0]));
    first = counts[0], second = counts[1];
    sleep_ms(20);
    report("then it runs no more, the other does", counts[0] == first && counts[1] > second);
    hal_thread_free(threads[1]);
    report("stacks keep to themselves", is_stack_alone(0) && is_stack_alone(1));
}

static void use_stack(void *user)
{
    volatile uint8_t bytes[700];
    for (uint32_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    *(uintptr_t *)user = hal_stack_limit();
}

static void try_life(void)
{
    uintptr_t limit = 0, here = stack_address(0);
    struct hal_thread *thread = start_on(0, use_stack, &limit);
    report("it waits for its turn", hal_thread_state(thread, NULL) == HAL_THREAD_RUNS && limit == 0);
    size_t before = hal_thread_stack_unused(thread);
    sleep_ms(5);
    report("a thread ends", hal_thread_state(thread, NULL) == HAL_THREAD_ENDED);
    size_t used = before - hal_thread_stack_unused(thread);
    report("its use of the stack is seen", used >= 600 && used < 1000);
    report("its limit lies in its stack", limit > here && limit < here + STACK_BYTES + CONFIG_BARE_STACK_RESERVE_BYTES);
    report("an ended thread can be freed", hal_thread_free(thread));
    report("no thread on a small stack", hal_thread_start(areas[0], 300, use_stack, NULL) == NULL);
}

/* ---- The lock ------------------------------------------------------------------------------------------------------ */

static volatile uint32_t shared;

static void add_slowly(void *user)
{
    for (uint32_t i = 0; i < 200; i++) {
        hal_lock();
        hal_lock();
        uint32_t before = shared;
        for (volatile uint32_t wait = 0; wait < *(uint32_t *)user; wait = wait + 1) {
        }
        shared = before + 1;
        hal_unlock();
        hal_unlock();
    }
}

static void hold_30_ms(void *user)
{
    hal_lock();
    *(volatile uint32_t *)user = 1;
    spin_ms(30);
    *(volatile uint32_t *)user = 2;
    hal_unlock();
    count_for_ever((uint32_t *)user + 1);
}

static void sleep_with_lock(void *user)
{
    volatile uint32_t *marks = user;
    hal_lock();
    hal_lock();
    uint64_t start_ns = hal_clock_now_ns();
    sleep_ms(20);
    marks[0] = (uint32_t)((hal_clock_now_ns() - start_ns) / MS);
    marks[1] = marks[2];
    spin_ms(20); /* the main thread would count */
    marks[3] = marks[2] - marks[1];
    hal_unlock();
    hal_unlock();
}

static void try_lock(void)
{
    uint32_t delays[2] = {300, 700};
    shared = 0;
    struct hal_thread *threads[2] = {start_on(0, add_slowly, &delays[0]), start_on(1, add_slowly, &delays[1])};
    while (hal_thread_state(threads[0], NULL) == HAL_THREAD_RUNS || hal_thread_state(threads[1], NULL) == HAL_THREAD_RUNS) {
        hal_clock_sleep_ns(MS);
    }
    report("the lock excludes", shared == 400);
    hal_thread_free(threads[0]);
    hal_thread_free(threads[1]);

    volatile uint32_t marks[4] = {0, 0, 0, 0};
    threads[0] = start_on(0, hold_30_ms, (void *)marks);
    uint64_t start_ns = hal_clock_now_ns();
    hal_clock_sleep_ns(5 * MS);
    uint32_t passed_ms = (uint32_t)((hal_clock_now_ns() - start_ns) / MS);
    report("who holds it keeps the processor", marks[0] == 2 && passed_ms >= 30 && passed_ms < 33);
    report("the main thread follows at once", marks[1] == 0);
    hal_thread_free(threads[0]);

    marks[0] = marks[1] = marks[2] = marks[3] = 0;
    threads[0] = start_on(0, sleep_with_lock, (void *)marks);
    while (hal_thread_state(threads[0], NULL) == HAL_THREAD_RUNS) {
        hal_clock_sleep_ns(MS);
        marks[2] = marks[2] + 1;
    }
    report("who sleeps gives it away", marks[0] >= 20 && marks[1] > 3);
    report("and has it again afterwards", marks[3] == 0);
    hal_thread_free(threads[0]);
}

/* ---- Waking -------------------------------------------------------------------------------------------------------- */

static void wake_after_10_ms(void *user)
{
    (void)user;
    sleep_ms(10);
    hal_thread_wake();
}

static void ring(void *user)
{
    *(volatile uint32_t *)user += 1;
    hal_thread_wake();
}

static void yield_and_count(void *user)
{
    for (volatile uint32_t *count = user;; *count = *count + 1) {
        hal_system_yield();
    }
}

/* An interrupt that comes just before the CPU rests must not be rested upon: there is no other that would wake it. */
static void rest_too_late(void)
{
    thread_interrupts_off();
    timer_arm(timer_ticks());
    for (uint64_t end_ns = hal_clock_now_ns() + MS; hal_clock_now_ns() < end_ns;) {
    }
    thread_rest();
    thread_interrupts_on();
    report("an interrupt before the rest ends it", true); /* whoever rests upon it never gets here */
}

static void try_waking(void)
{
    rest_too_late();
    uint64_t start_ns = hal_clock_now_ns();
    struct hal_thread *thread = start_on(0, wake_after_10_ms, NULL);
    hal_clock_sleep_ns(1000u * MS);
    uint32_t passed_ms = (uint32_t)((hal_clock_now_ns() - start_ns) / MS);
    report("a thread wakes the main one", passed_ms >= 10 && passed_ms < 900);
    sleep_ms(1);
    hal_thread_free(thread);

    volatile uint32_t counts[2] = {0, 0};
    thread = start_on(0, count_for_ever, (void *)counts);
    volatile uint32_t rings = 0;
    start_ns = hal_clock_now_ns();
    hal_clock_alarm_start(10 * MS, ring, (void *)&rings);
    hal_clock_sleep_ns(1000u * MS);
    passed_ms = (uint32_t)((hal_clock_now_ns() - start_ns) / MS);
    report("an alarm rings into a thread and wakes", rings == 1 && passed_ms >= 10 && passed_ms < 12);
    hal_thread_free(thread);

    counts[0] = 0;
    struct hal_thread *threads[2] = {start_on(0, yield_and_count, (void *)&counts[0]), start_on(1, yield_and_count, (void *)&counts[1])};
    hal_clock_sleep_ns(4 * MS);
    report("threads yield to each other", counts[0] > 10 && counts[1] > 10);
    hal_thread_free(threads[0]);
    hal_thread_free(threads[1]);
}

/* ---- The console --------------------------------------------------------------------------------------------------- */

/* Is busy for a while, during which the host sends; says what the first look at the console gives. */
static void try_input(uint32_t busy_ms)
{
    static uint8_t bytes[1024];
    uint32_t sum = 0;
    print("send now\n");
    spin_ms(busy_ms);
    intptr_t count = hal_console_read(bytes, sizeof bytes);
    for (intptr_t i = 0; i < count; i++) {
        sum = sum * 31 + bytes[i];
    }
    print("received at once: ");
    print_number((uint64_t)(count > 0 ? count : 0));
    print(" bytes, sum ");
    print_number(sum);
    print("\n");
}

/* More than the line takes at once. */
static void write_much(void *user)
{
    const char *const line = "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\n";
    for (uint32_t i = 0; i < *(uint32_t *)user; i++) {
        for (size_t at = 0; at < 64;) {
            hal_lock();
            intptr_t count = hal_console_write(HAL_CONSOLE_OUT, line + at, 64 - at);
            hal_unlock();
            at += (size_t)count;
        }
    }
}

static void try_output(uint32_t lines)
{
    struct hal_thread *thread = start_on(0, write_much, &lines);
    while (hal_thread_state(thread, NULL) == HAL_THREAD_RUNS) {
        hal_clock_sleep_ns(5 * MS);
    }
    hal_thread_free(thread);
    write_much(&lines);
}

static bool is(const char *verb, const char *other)
{
    while (*verb && *verb == *other) {
        verb++, other++;
    }
    return *verb == *other;
}

static void obey(const struct bench_command *command)
{
    uint32_t number = command->count > 0 ? (uint32_t)command->numbers[0] : 0;
    if (is(command->name, "turns")) {
        try_turns();
    } else if (is(command->name, "life")) {
        try_life();
    } else if (is(command->name, "lock")) {
        try_lock();
    } else if (is(command->name, "waking")) {
        try_waking();
    } else if (is(command->name, "faults")) {
        try_faults();
    } else if (is(command->name, "input")) {
        try_input(number);
    } else if (is(command->name, "output")) {
        try_output(number);
    } else if (!obey_reset(command->name, number)) {
        print("mote: there is no such command\n");
    }
}

int main(void)
{
    struct bench_command command;
    while (bench_command_read(&command)) {
        obey(&command);
    }
    return 0;
}

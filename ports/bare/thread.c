/* Threads: the main one runs whenever it does not wait, the others in turn. The lock is a counter; while another thread than the main one holds it,
   a switch is only noted and made when it is given back. The main thread also stands for nobody: it rests when all wait. */
#include "thread.h"

#include "base/bits.h"
#include "base/config.h"
#include "boot.h"
#include "clock.h"
#include "console.h"
#include "hal/system.h"
#include "mem.h"
#include "protect.h"
#include "timer.h"

#define SLICE_TICKS (CONFIG_BARE_TIMER_HZ / 200)
#define STACK_MIN 256
#define PATTERN 0xA5
#define FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)

struct hal_thread thread_main;
struct hal_thread *thread_current = &thread_main;

static struct hal_thread *threads;         /* all others */
static struct hal_thread *turn;            /* whose turn it is of these; NULL: nobody's */
static uint64_t turn_ends;                 /* in ticks */
static volatile uint32_t lock_depth;       /* of whoever runs: a switch is made when it is 0, or by those who wait */
static volatile bool is_switch_due, is_main_woken;

/* ---- Choosing, in trap handlers ------------------------------------------------------------------------------------ */

/* Ends the waiting of a thread that has waited long enough; whether it can run. */
static bool is_ready(struct hal_thread *thread, uint64_t now)
{
    if (thread->waits != WAIT_NOT && (now >= thread->wake_at || (thread->waits == WAIT_CONSOLE && console_has_input()))) {
        thread->waits = WAIT_NOT;
    }
    return thread->waits == WAIT_NOT && thread->state == HAL_THREAD_RUNS;
}

/* The next in turn; its slice begins. */
static struct hal_thread *take_turns(uint64_t now)
{
    struct hal_thread *first = turn && turn->next ? turn->next : threads, *thread = first;
    while (thread && !is_ready(thread, now)) {
        thread = thread->next ? thread->next : threads;
        thread = thread == first ? NULL : thread;
    }
    turn = thread;
    turn_ends = now + SLICE_TICKS;
    return thread;
}

static struct hal_thread *choose(uint64_t now)
{
    if (is_main_woken && thread_main.waits != WAIT_NOT) {
        thread_main.waits = WAIT_NOT;
        is_main_woken = false;
    }
    if (is_ready(&thread_main, now)) {
        return &thread_main;
    }
    struct hal_thread *thread = turn && now < turn_ends && is_ready(turn, now) ? turn : take_turns(now);
    return thread ? thread : &thread_main;
}

static uint64_t earlier(uint64_t at, const struct hal_thread *thread)
{
    return thread->waits != WAIT_NOT && thread->wake_at < at ? thread->wake_at : at;
}

/* When to choose again. The others' waiting ends while nobody runs, or when a turn ends; the main thread runs as long as it likes. */
static uint64_t next_choice(void)
{
    if (thread_current != &thread_main) {
        return earlier(turn_ends, &thread_main);
    }
    uint64_t at = earlier(UINT64_MAX, &thread_main);
    for (const struct hal_thread *thread = threads; thread && thread_main.waits != WAIT_NOT; thread = thread->next) {
        at = earlier(at, thread);
    }
    return at;
}

struct hal_thread *thread_choose(void)
{
    uint64_t alarm = clock_next_event(), at = UINT64_MAX;
    is_switch_due = thread_current != &thread_main && lock_depth > 0;
    if (!is_switch_due) {
        thread_current = choose(timer_ticks());
        at = next_choice();
    }
    at = alarm < at ? alarm : at;
    if (at == UINT64_MAX) {
        timer_disarm();
    } else {
        timer_arm(at);
    }
    return thread_current;
}

bool thread_take_fault(const struct hal_fault *fault)
{
    if (thread_current == &thread_main || lock_depth > 0) {
        return false;
    }
    thread_current->fault = *fault;
    thread_current->state = HAL_THREAD_FAULTED;
    is_main_woken = true;
    return true;
}

/* ---- The lock and waiting ------------------------------------------------------------------------------------------ */

void hal_lock(void)
{
    lock_depth = lock_depth + 1;
    FENCE();
}

void hal_unlock(void)
{
    FENCE();
    lock_depth = lock_depth - 1;
    if (lock_depth == 0 && is_switch_due) {
        thread_switch();
    }
}

void thread_wait(enum thread_wait what, uint64_t until_ticks)
{
    struct hal_thread *self = thread_current;
    uint32_t depth = lock_depth;
    self->wake_at = until_ticks;
    FENCE();
    self->waits = (uint8_t)what;
    lock_depth = 0;
    thread_switch();
    while (self->waits != WAIT_NOT) { /* the main thread, when nobody else can run */
        thread_interrupts_off();
        if (self->waits != WAIT_NOT) {
            thread_rest();
        }
        thread_interrupts_on();
    }
    lock_depth = depth;
    FENCE();
}

void hal_thread_wake(void)
{
    is_main_woken = true;
    if (thread_current != &thread_main && lock_depth > 0) {
        is_switch_due = true;
    } else {
        thread_switch();
    }
}

void hal_system_yield(void)
{
    if (thread_current != &thread_main && lock_depth == 0) {
        turn_ends = 0;
        thread_switch();
    }
}

/* ---- The life of a thread ------------------------------------------------------------------------------------------ */

_Noreturn void thread_begin(struct hal_thread *thread)
{
    thread->run(thread->user);
    hal_lock();
    thread->state = HAL_THREAD_ENDED;
    hal_thread_wake();
    hal_unlock();
    thread_stop(); /* only if it still holds the lock */
}

size_t hal_thread_own_bytes(void)
{
    return PROTECT_ALIGN - 16 + PROTECT_GUARD_BYTES + mote_align_up(sizeof(struct hal_thread), 16);
}

struct hal_thread *hal_thread_start(void *stack, size_t size, void (*run)(void *user), void *user)
{
    uintptr_t start = mote_align_up((uintptr_t)stack, PROTECT_ALIGN), end = ((uintptr_t)stack + size - sizeof(struct hal_thread)) & ~(uintptr_t)15;
    if (size < sizeof(struct hal_thread) || end < start + PROTECT_GUARD_BYTES + STACK_MIN) {
        return NULL;
    }
    memset((void *)start, PATTERN, end - start);
    struct hal_thread *thread = (struct hal_thread *)end;
    *thread = (struct hal_thread){.next = threads, .stack = start, .run = run, .user = user};
    thread_prepare(thread, end);
    FENCE();
    threads = thread;
    return thread;
}

void hal_thread_name(struct hal_thread *thread, const char *name)
{
    thread->name = name;
}

enum hal_thread_state hal_thread_state(const struct hal_thread *thread, struct hal_fault *fault)
{
    if (fault) {
        *fault = thread->fault;
    }
    return (enum hal_thread_state)thread->state;
}

bool hal_thread_free(struct hal_thread *thread)
{
    struct hal_thread **at = &threads;
    while (*at != thread) {
        at = &(*at)->next;
    }
    turn = turn == thread ? NULL : turn;
    FENCE();
    *at = thread->next;
    return true;
}

size_t hal_thread_stack_unused(const struct hal_thread *thread)
{
    const uint8_t *start = (const uint8_t *)thread->stack + PROTECT_GUARD_BYTES, *at = start;
    while (at < (const uint8_t *)thread && *at == PATTERN) {
        at++;
    }
    return (size_t)(at - start);
}

uintptr_t hal_stack_limit(void)
{
    uintptr_t start = thread_current->stack ? thread_current->stack + PROTECT_GUARD_BYTES : (uintptr_t)link_stack_start;
    return start + CONFIG_BARE_STACK_RESERVE_BYTES;
}

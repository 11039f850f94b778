/* Ends of the program that start it again, and what the next start knows. */
#include "../../ports/bare/boot.h"
#include "../../ports/bare/print.h"
#include "forms.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "threads.h"

/* What goes wrong is the firmware's own fault, since it holds the lock. */
static void hang(void *user)
{
    (void)user;
    hal_system_watchdog(50);
    hal_lock();
    for (;;) {
    }
}

static void crash(void *user)
{
    (void)user;
    hal_system_watchdog(50);
    hal_lock();
    form_illegal();
}

static void panic(void *user)
{
    (void)user;
    hal_system_watchdog(50);
    hal_system_panic("threads.c", 7, "made up");
}

/* For longer than it would wait without being fed. */
static void feed(void)
{
    for (uint32_t i = 0; i < 20; i++) {
        hal_system_watchdog(100);
        hal_clock_sleep_ns(10 * MS);
    }
    print("fed\n");
    hal_system_watchdog(60000);
}

static void say_start(void)
{
    static const char *const reasons[] = {"power", "software", "watchdog", "fault"};
    size_t size;
    const uint32_t *kept = hal_system_retained(&size);
    print("started by ");
    print(reasons[hal_system_reset_reason()]);
    print(*hal_system_reset_thread() ? " in " : "");
    print(hal_system_reset_thread());
    print(", kept ");
    print_number(kept[0]);
    print(" and ");
    print_number(kept[size / 4 - 1]);
    print(size >= 512 && (uintptr_t)kept % 8 == 0 ? "\n" : ", in too little\n");
}

static void keep(uint32_t number)
{
    size_t size;
    uint32_t *kept = hal_system_retained(&size);
    kept[0] = number;
    kept[size / 4 - 1] = number + 1;
}

static void end_on_thread(void (*run)(void *user))
{
    hal_thread_name(start_on(0, run, NULL), "culprit");
    for (;;) {
        hal_clock_sleep_ns(5 * MS);
    }
}

bool obey_reset(const char *verb, uint64_t number)
{
    switch (*verb) {
    case 's': say_start(); break;            /* start */
    case 'k': keep((uint32_t)number); break; /* keep NUMBER */
    case 'w': feed(); break;                 /* watchdog */
    case 'r': hal_system_reset();            /* reset */
    case 'h': hang(NULL); break;             /* hang */
    case 'c': crash(NULL); break;            /* crash */
    case 'p': panic(NULL); break;            /* panic */
    case 'H': end_on_thread(hang); break;    /* likewise, by another thread */
    case 'C': end_on_thread(crash); break;
    case 'P': end_on_thread(panic); break;
    default: return false;
    }
    return true;
}

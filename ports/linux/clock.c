/* Clocks of the kernel, and the alarm: a thread that waits, so that no signal disturbs the embedder's program. */
#include "hal/clock.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "thread_lock.h"

#define NS_PER_S 1000000000u

static uint64_t to_ns(struct timespec time)
{
    return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

static struct timespec to_timespec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
}

static uint64_t read_ns(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return to_ns(now);
}

uint64_t hal_clock_now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

bool hal_clock_realtime_ns(uint64_t *now_ns)
{
    *now_ns = read_ns(CLOCK_REALTIME);
    return true;
}

uint64_t hal_clock_cpu_ns(void)
{
    return read_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t hal_clock_resolution_ns(void)
{
    struct timespec step = {0};
    clock_getres(CLOCK_MONOTONIC, &step);
    uint64_t ns = to_ns(step);
    return ns > 0 ? ns : 1;
}

void hal_clock_sleep_ns(uint64_t duration_ns)
{
    thread_wait(-1, 0, duration_ns);
}

/* The one alarm. Its thread is made when it is first needed and then waits for ever; `lock` guards everything. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started;  /* the thread exists */
    bool armed;    /* expire is to be called at at_ns */
    bool expiring; /* expire is running */
    uint64_t at_ns;
    void (*expire)(void *user);
    void *user;
} alarm_state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Calls expire without the lock, so that it may start or stop the alarm. */
static void call_expire(void)
{
    void (*expire)(void *user) = alarm_state.expire;
    void *user = alarm_state.user;
    alarm_state.armed = false;
    alarm_state.expiring = true;
    pthread_mutex_unlock(&alarm_state.lock);
    expire(user);
    pthread_mutex_lock(&alarm_state.lock);
    alarm_state.expiring = false;
    pthread_cond_broadcast(&alarm_state.changed);
}

static void *run_alarms(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&alarm_state.lock);
    for (;;) {
        if (!alarm_state.armed) {
            pthread_cond_wait(&alarm_state.changed, &alarm_state.lock);
        } else if (hal_clock_now_ns() < alarm_state.at_ns) {
            struct timespec at = to_timespec(alarm_state.at_ns);
            pthread_cond_timedwait(&alarm_state.changed, &alarm_state.lock, &at);
        } else {
            call_expire();
        }
    }
    return NULL;
}

/* Makes the thread; no signal handler of the embedder ever runs on it. Called with the lock. */
static bool start_thread(void)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&alarm_state.changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&alarm_state.thread, NULL, run_alarms, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) {
        pthread_detach(alarm_state.thread);
    }
    return started;
}

/* Disarms the alarm and waits until expire is not running, unless it is expire itself that asks. Called with the lock. */
static void disarm(void)
{
    alarm_state.armed = false;
    if (!alarm_state.started || pthread_equal(alarm_state.thread, pthread_self())) {
        return;
    }
    while (alarm_state.expiring) {
        pthread_cond_wait(&alarm_state.changed, &alarm_state.lock);
    }
}

bool hal_clock_alarm_start(uint64_t delay_ns, void (*expire)(void *user), void *user)
{
    uint64_t now = hal_clock_now_ns();
    pthread_mutex_lock(&alarm_state.lock);
    alarm_state.started = alarm_state.started || start_thread();
    bool started = alarm_state.started;
    if (started) {
        disarm();
        alarm_state.at_ns = delay_ns > INT64_MAX - now ? INT64_MAX : now + delay_ns;
        alarm_state.expire = expire;
        alarm_state.user = user;
        alarm_state.armed = true;
        pthread_cond_broadcast(&alarm_state.changed);
    }
    pthread_mutex_unlock(&alarm_state.lock);
    return started;
}

void hal_clock_alarm_stop(void)
{
    pthread_mutex_lock(&alarm_state.lock);
    disarm();
    pthread_mutex_unlock(&alarm_state.lock);
}

/* Threads of the process, and the one lock. The lock goes to the main thread first when several wait for it: a thread that takes it again and
   again would otherwise keep the device deaf. */
#include "hal/thread.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "hal/system.h"
#include "thread_lock.h"

/* Code that a signal handler may end needs room for the handler, and libraries need theirs. */
#define STACK_BYTES_MIN ((size_t)262144)
#define NS_PER_S 1000000000u
#define END_SIGNAL SIGURG /* nobody sends it by itself; its default is to be ignored */

struct hal_thread {
    pthread_t id;
    void (*run)(void *user);
    void *user;
    sigjmp_buf end;
    struct hal_fault fault;
    int state;           /* enum hal_thread_state, shared */
    bool is_doomed;      /* shared: it is to end as soon as it can */
    volatile bool is_endable; /* of its own: it runs code that may be left anywhere */
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_held;
    bool main_waits;
} lock_state = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Reached from signal handlers, so it must lie in the thread's static block. */
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
    struct hal_thread *thread; /* NULL: not one of ours */
    unsigned depth;            /* how often it holds the lock */
} this_thread;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static int wake_event = -1;

static bool is_main(void)
{
    return gettid() == getpid();
}

/* ---- The lock ---------------------------------------------------------------------------------------------------- */

static bool is_doomed(const struct hal_thread *thread)
{
    return __atomic_load_n(&thread->is_doomed, __ATOMIC_SEQ_CST);
}

/* Gives it away however often this thread holds it, and says how often that was. */
static unsigned give_lock(void)
{
    struct hal_thread *thread = this_thread.thread;
    unsigned depth = this_thread.depth;
    if (depth == 0) {
        return 0;
    }
    this_thread.depth = 0;
    pthread_mutex_lock(&lock_state.mutex);
    lock_state.is_held = false;
    pthread_cond_broadcast(&lock_state.changed);
    pthread_mutex_unlock(&lock_state.mutex);
    if (thread) {
        thread->is_endable = true;
        if (is_doomed(thread)) {
            siglongjmp(thread->end, 1);
        }
    }
    return depth;
}

static void take_lock(unsigned depth)
{
    struct hal_thread *thread = this_thread.thread;
    bool is_first = is_main();
    if (depth == 0) {
        return;
    }
    if (thread) {
        thread->is_endable = false;
    }
    pthread_mutex_lock(&lock_state.mutex);
    lock_state.main_waits = lock_state.main_waits || is_first;
    while (lock_state.is_held || (lock_state.main_waits && !is_first)) {
        if (thread && is_doomed(thread)) {
            pthread_mutex_unlock(&lock_state.mutex);
            siglongjmp(thread->end, 1);
        }
        pthread_cond_wait(&lock_state.changed, &lock_state.mutex);
    }
    lock_state.is_held = true;
    lock_state.main_waits = lock_state.main_waits && !is_first;
    pthread_mutex_unlock(&lock_state.mutex);
    this_thread.depth = depth;
}

void hal_lock(void)
{
    if (this_thread.depth > 0) {
        this_thread.depth++;
    } else {
        take_lock(1);
    }
}

void hal_unlock(void)
{
    if (this_thread.depth > 1) {
        this_thread.depth--;
    } else {
        give_lock();
    }
}

/* ---- Waking the main thread -------------------------------------------------------------------------------------- */

static void end_by_signal(int number)
{
    (void)number;
    struct hal_thread *thread = this_thread.thread;
    if (thread && thread->is_endable && is_doomed(thread)) {
        siglongjmp(thread->end, 1);
    }
}

static void prepare(void)
{
    wake_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    /* SA_NODEFER: the handler leaves by a jump that does not restore the signal mask. */
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART};
    sigaction(END_SIGNAL, &action, NULL);
}

short thread_wait(int fd, short events, uint64_t timeout_ns)
{
    struct pollfd waits[] = {{.fd = fd, .events = events}, {.fd = is_main() ? wake_event : -1, .events = POLLIN}};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / NS_PER_S), .tv_nsec = (long)(timeout_ns % NS_PER_S)};
    unsigned depth = give_lock();
    int ready = ppoll(waits, 2, &timeout, NULL);
    take_lock(depth);
    if (ready > 0 && waits[1].revents) {
        uint64_t count;
        ssize_t size = read(wake_event, &count, sizeof count);
        (void)size; /* nothing to read: somebody else read it */
    }
    return ready > 0 ? waits[0].revents : 0;
}

void hal_thread_wake(void)
{
    uint64_t one = 1;
    ssize_t size = write(wake_event, &one, sizeof one);
    (void)size; /* full: it is awake */
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static void run_user(void *argument)
{
    struct hal_thread *thread = argument;
    hal_stack_limit(); /* asks the C library, which must not be left halfway; later calls remember */
    thread->is_endable = true;
    if (!is_doomed(thread)) {
        thread->run(thread->user);
    }
    thread->is_endable = false;
}

/* A fault with the lock held is the firmware's own. */
static bool take_fault(void *argument, const struct hal_fault *fault)
{
    struct hal_thread *thread = argument;
    thread->fault = *fault;
    return thread->is_endable;
}

static void *run_thread(void *argument)
{
    struct hal_thread *thread = argument;
    volatile enum hal_thread_state state = HAL_THREAD_ENDED; /* gcc wants to be sure that a jump leaves it alone */
    this_thread.thread = thread;
    if (sigsetjmp(thread->end, 0) == 0 && !hal_pages_guarded(run_user, take_fault, thread)) {
        state = HAL_THREAD_FAULTED;
    }
    thread->is_endable = false;
    this_thread.thread = NULL;
    __atomic_store_n(&thread->state, state, __ATOMIC_SEQ_CST);
    hal_thread_wake();
    return NULL;
}

size_t hal_thread_own_bytes(void)
{
    return sizeof(struct hal_thread);
}

struct hal_thread *hal_thread_start(void *stack, size_t size, void (*run)(void *user), void *user)
{
    if (size < sizeof(struct hal_thread)) {
        return NULL;
    }
    pthread_once(&prepared, prepare);
    struct hal_thread *thread = stack;
    *thread = (struct hal_thread){.run = run, .user = user, .state = HAL_THREAD_RUNS};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    bool is_started = pthread_attr_setstacksize(&attributes, size > STACK_BYTES_MIN ? size : STACK_BYTES_MIN) == 0 &&
                      pthread_create(&thread->id, &attributes, run_thread, thread) == 0;
    pthread_attr_destroy(&attributes);
    return is_started ? thread : NULL;
}

void hal_thread_name(struct hal_thread *thread, const char *name)
{
    (void)thread, (void)name; /* a fault of the firmware ends the process: nothing tells of it afterwards */
}

enum hal_thread_state hal_thread_state(const struct hal_thread *thread, struct hal_fault *fault)
{
    enum hal_thread_state state = (enum hal_thread_state)__atomic_load_n(&thread->state, __ATOMIC_SEQ_CST);
    if (fault && state == HAL_THREAD_FAULTED) {
        *fault = thread->fault;
    }
    return state;
}

/* Whoever waits for the lock looks at is_doomed there; whoever runs code gets a signal; in between it ends when it gives the lock away. */
bool hal_thread_free(struct hal_thread *thread)
{
    if (hal_thread_state(thread, NULL) == HAL_THREAD_RUNS) {
        __atomic_store_n(&thread->is_doomed, true, __ATOMIC_SEQ_CST);
        pthread_mutex_lock(&lock_state.mutex);
        pthread_cond_broadcast(&lock_state.changed);
        pthread_mutex_unlock(&lock_state.mutex);
        pthread_kill(thread->id, END_SIGNAL);
    }
    return pthread_join(thread->id, NULL) == 0;
}

size_t hal_thread_stack_unused(const struct hal_thread *thread)
{
    (void)thread;
    return 0;
}

/* Linear memories with guard pages: address space from mmap, faults caught by a signal handler that jumps back to where the
   guarded call began. */
#include "hal/pages.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define ALIGNMENT ((size_t)65536)
#define HANDLER_STACK_BYTES ((size_t)65536)

void *hal_pages_reserve(size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    char *base = mmap(NULL, size + ALIGNMENT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return NULL;
    }
    size_t before = -(uintptr_t)base % ALIGNMENT;
    size_t after = ALIGNMENT - before;
    if (before > 0) {
        munmap(base, before);
    }
    munmap(base + before + size, after);
    return base + before;
}

bool hal_pages_commit(void *at, size_t size)
{
    return mprotect(at, size, PROT_READ | PROT_WRITE) == 0;
}

void hal_pages_release(void *base, size_t size)
{
    munmap(base, size);
}

/* One guarded call that is under way. */
struct guard {
    sigjmp_buf back;
    bool (*owns)(void *argument, const struct hal_fault *fault);
    void *argument;
    struct guard *outer;
};

/* Of each thread; reached from the signal handler, so it must lie in the thread's static block. */
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
    struct guard *innermost;
    bool ready; /* the thread has a stack for the handler */
} thread_state;

static const int fault_signals[] = {SIGSEGV, SIGBUS};
static struct sigaction earlier[2]; /* what handled fault_signals[i] before us */
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static pthread_key_t stack_key;

/* The guard whose memory was accessed, or NULL. While owns() is asked no guard is in force: a fault there is a plain crash. */
static struct guard *find_owner(const struct hal_fault *fault)
{
    struct guard *innermost = thread_state.innermost;
    thread_state.innermost = NULL;
    struct guard *guard = innermost;
    while (guard && !guard->owns(guard->argument, fault)) {
        guard = guard->outer;
    }
    thread_state.innermost = innermost;
    return guard;
}

/* A fault that is not ours goes where it would have gone without us. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    const struct sigaction *action = &earlier[number == fault_signals[0] ? 0 : 1];
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(number, info, context);
        return;
    }
    if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
        action->sa_handler(number);
        return;
    }
    signal(number, SIG_DFL); /* the access is tried again after this and then ends the process */
    if (info->si_code <= 0) {
        raise(number); /* somebody sent the signal: there is no access to try again */
    }
}

/* Where the code stood, on the CPUs that we know. */
static struct hal_fault describe(const siginfo_t *info, const ucontext_t *context)
{
    struct hal_fault fault = {.address = info->si_addr};
#if defined(__x86_64__)
    fault.pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    fault.sp = (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    fault.pc = (uintptr_t)context->uc_mcontext.pc;
    fault.sp = (uintptr_t)context->uc_mcontext.sp;
    fault.link = (uintptr_t)context->uc_mcontext.regs[30];
#else
    (void)context;
#endif
    return fault;
}

static void handle_fault(int number, siginfo_t *info, void *context)
{
    struct hal_fault fault = describe(info, context);
    struct guard *guard = info->si_code > 0 ? find_owner(&fault) : NULL;
    if (!guard) {
        pass_on(number, info, context);
        return;
    }
    thread_state.innermost = guard->outer;
    siglongjmp(guard->back, 1);
}

static void free_stack(void *stack)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(stack, HANDLER_STACK_BYTES);
}

static void install_handlers(void)
{
    /* SA_NODEFER: the handler leaves by a jump that does not restore the signal mask, so the mask must not change. */
    struct sigaction action = {.sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 2; i++) {
        sigaction(fault_signals[i], &action, &earlier[i]);
    }
    pthread_key_create(&stack_key, free_stack);
}

/* Gives the calling thread a stack for the handler, once, unless it has one. */
static void prepare_thread(void)
{
    stack_t present;
    if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE)) {
        void *stack = mmap(NULL, HANDLER_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (stack != MAP_FAILED) {
            stack_t ours = {.ss_sp = stack, .ss_size = HANDLER_STACK_BYTES};
            sigaltstack(&ours, NULL);
            pthread_setspecific(stack_key, stack);
        }
    }
    thread_state.ready = true;
}

bool hal_pages_guarded(void (*run)(void *argument), bool (*owns)(void *argument, const struct hal_fault *fault), void *argument)
{
    if (!thread_state.ready) {
        pthread_once(&installed, install_handlers);
        prepare_thread();
    }
    struct guard guard = {.owns = owns, .argument = argument, .outer = thread_state.innermost};
    if (sigsetjmp(guard.back, 0) != 0) {
        return false;
    }
    thread_state.innermost = &guard;
    run(argument);
    thread_state.innermost = guard.outer;
    return true;
}

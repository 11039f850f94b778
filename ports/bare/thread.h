/* Threads between thread.c, which decides who runs, and thread_<cpu>.c, which knows the CPU's registers. A switch happens in the trap
   handler only: whoever wants one asks for a trap. */
#ifndef BARE_THREAD_H
#define BARE_THREAD_H

#include "hal/thread.h"
#include "misaligned.h"

/* What a thread that does not run has left in the CPU's registers. */
#if defined(__riscv)
struct thread_context {
    struct trap_registers registers;
};
#else
struct thread_context {
    uintptr_t r4_to_r7[4], r8_to_r11[4];
    uintptr_t sp; /* the CPU itself has put the other registers there */
    uintptr_t exception_return;
#if defined(__ARM_FP)
    uint32_t s16_to_s31[16];
#endif
};
#endif

enum thread_wait { WAIT_NOT, WAIT_TIME, WAIT_CONSOLE };

struct hal_thread {
    struct thread_context context; /* first: assembly relies on it */
    struct hal_thread *next;
    uintptr_t stack;               /* its lowest address, where the guard begins; 0: the main thread */
    uint64_t wake_at;              /* in ticks, while it waits */
    volatile uint8_t waits;        /* enum thread_wait */
    volatile uint8_t state;        /* enum hal_thread_state */
    volatile bool has_rights;      /* those of the main thread, see thread_with_rights */
    struct hal_fault fault;
    void (*run)(void *user);
    void *user;
    const char *name; /* NULL: none */
};

extern struct hal_thread thread_main;     /* reached from assembly, */
extern struct hal_thread *thread_current; /* this too */

/* ---- By thread.c --------------------------------------------------------------------------------------------------- */

/* Who runs from now on, thread_current; also asks the timer for the next interrupt. At the end of each trap. */
struct hal_thread *thread_choose(void);

/* Waits until a tick (or input on the console, or for the main thread hal_thread_wake), the lock given away meanwhile. Any thread. */
void thread_wait(enum thread_wait what, uint64_t until_ticks);

/* A fault of what the trap interrupted: true when it was a thread other than the main one without the lock, which is ended by it;
   false: the firmware itself is at fault. In a trap handler. */
bool thread_take_fault(const struct hal_fault *fault);

/* Where every thread but the main one begins. */
_Noreturn void thread_begin(struct hal_thread *thread);

/* ---- By thread_<cpu>.c --------------------------------------------------------------------------------------------- */

/* RISC-V: whether a trap is being handled, and the instruction at which thread_rest rests. */
extern volatile bool thread_is_handling;
extern const char thread_resting[];

/* Has a thread begin in thread_begin with an empty stack that ends at `stack_end`. */
void thread_prepare(struct hal_thread *thread, uintptr_t stack_end);

/* Asks for a trap that calls thread_choose: at once, or in a trap handler at its end. Any thread, any interrupt. */
void thread_switch(void);

/* Interrupts, for the main thread and trap handlers. thread_interrupts_off: whether they were on. */
bool thread_interrupts_off(void);
void thread_interrupts_on(void);

/* Runs run(argument) with the rights of the main thread: interrupts can be turned off, partitions written (protect.h). Any thread that holds the
   lock. */
void thread_with_rights(void (*run)(void *argument), void *argument);

/* Lets the CPU rest until an interrupt is there, also one that came before, which may be taken meanwhile. Interrupts are off, before and after. */
void thread_rest(void);

/* Traps, so that the trap handler tells why (fault.c). Any context. */
_Noreturn void thread_stop(void);

#endif

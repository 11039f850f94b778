/* Threads on Cortex-M: all privileged; the exception PendSV, which comes when no handler runs any more, switches them. */
#include "thread.h"

#include "registers.h"
#include "trap.h"

#define INTERRUPT_CONTROL register_at(0xE000ED04u, 0)
#define PEND_SWITCH (1u << 28)
#define STATUS_THUMB (1u << 24)
#define RETURN_TO_PROCESS_STACK 0xFFFFFFFDu

void thread_prepare(struct hal_thread *thread, uintptr_t stack_end)
{
    struct thumb_frame *frame = (struct thumb_frame *)stack_end - 1;
    *frame = (struct thumb_frame){.pc = (uintptr_t)thread_begin & ~(uintptr_t)1, .status = STATUS_THUMB};
    frame->r0_to_r3[0] = (uintptr_t)thread;
    thread->context.sp = (uintptr_t)frame;
    thread->context.exception_return = RETURN_TO_PROCESS_STACK;
}

void thread_switch(void)
{
    *INTERRUPT_CONTROL = PEND_SWITCH;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

void thread_with_rights(void (*run)(void *argument), void *argument)
{
    run(argument);
}

bool thread_interrupts_off(void)
{
    uint32_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return !(before & 1);
}

void thread_interrupts_on(void)
{
    __asm__ volatile("cpsie i" : : : "memory");
}

void thread_rest(void)
{
    __asm__ volatile("dsb\n\twfi" : : : "memory");
}

_Noreturn void thread_stop(void)
{
    for (;;) {
        __asm__ volatile("udf #0");
    }
}

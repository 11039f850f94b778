/* Threads on RISC-V: the main one runs in machine mode, the others in user mode, where memory protection holds them and interrupts are always on. */
#include "thread.h"

#define INTERRUPTS_ON 8u /* of mstatus */

volatile bool thread_is_handling;

void thread_prepare(struct hal_thread *thread, uintptr_t stack_end)
{
    struct trap_registers *registers = &thread->context.registers;
    registers->pc = (uintptr_t)thread_begin;
    registers->r[2] = stack_end;
    registers->r[10] = (uintptr_t)thread;
    __asm__("mv %0, gp" : "=r"(registers->r[3]));
}

void thread_switch(void)
{
    if (!thread_is_handling) {
        __asm__ volatile("ecall" : : : "memory");
    }
}

/* The mode changes at the end of a trap; the lock keeps others from running meanwhile. */
void thread_with_rights(void (*run)(void *argument), void *argument)
{
    thread_current->has_rights = true;
    thread_switch();
    run(argument);
    thread_current->has_rights = false;
    thread_switch();
}

bool thread_interrupts_off(void)
{
    uintptr_t before;
    __asm__ volatile("csrrci %0, mstatus, %1" : "=r"(before) : "i"(INTERRUPTS_ON) : "memory");
    return before & INTERRUPTS_ON;
}

void thread_interrupts_on(void)
{
    __asm__ volatile("csrsi mstatus, %0" : : "i"(INTERRUPTS_ON) : "memory");
}

/* With interrupts off the ESP32-C3 need not wake. An interrupt that comes before the CPU rests must not be rested upon: the trap handler goes on behind
   the instruction. */
__attribute__((noinline)) void thread_rest(void)
{
    __asm__ volatile("csrsi mstatus, %0\n"
                     ".globl thread_resting\n"
                     ".option push\n"
                     ".option norvc\n"
                     "thread_resting:\n"
                     "wfi\n"
                     ".option pop\n"
                     "csrci mstatus, %0"
                     :
                     : "i"(INTERRUPTS_ON)
                     : "memory");
}

_Noreturn void thread_stop(void)
{
    for (;;) {
        __asm__ volatile("ebreak");
    }
}

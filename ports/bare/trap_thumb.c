/* What happens on an exception on Cortex-M: devices are served, threads switched, a misaligned access is made by hand, everything else is a fault: of the
   thread that did it, or of the firmware. Handlers do not interrupt each other. */
#include <stddef.h>

#include "boot.h"
#include "fault.h"
#include "interrupts.h"
#include "protect.h"
#include "registers.h"
#include "thread.h"
#include "trap.h"

#define CONFIGURABLE_FAULT_STATUS register_at(0xE000ED28u, 0)
#define MEMORY_FAULT_ADDRESS register_at(0xE000ED34u, 0)
#define BUS_FAULT_ADDRESS register_at(0xE000ED38u, 0)

#define STATUS_STACK_ALIGNED (1u << 9)
#define RETURN_TO_BASIC_FRAME (1u << 4)
#define RETURN_TO_THREAD (1u << 3)
#define FLOAT_FRAME_BYTES 72u

/* Bits of the fault status; ARMv6-M has none and reads as zero. */
static const struct {
    uint32_t bits;
    const char *text;
} causes[] = {
    {1u << 24, "misaligned access"},
    {1u << 16, "undefined instruction"},
    {1u << 17, "invalid state"},
    {1u << 19, "no such coprocessor"},
    {1u << 25, "division by zero"},
    {1u << 0 | 1u << 8, "no access to an instruction"},
    {0xFFu, "no access (protection)"},
    {0xFF00u, "no access (bus)"},
};
#define MISALIGNED (1u << 24)
#define NO_FRAME (1u << 4 | 1u << 12) /* the stack that the CPU wanted to put it on refused */
#define MEMORY_ADDRESS_VALID (1u << 7)
#define BUS_ADDRESS_VALID (1u << 15)

static const char *cause_text(uint32_t status)
{
    for (uint32_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (status & causes[i].bits) {
            return causes[i].text;
        }
    }
    return "hard fault";
}

static void get_registers(const struct thumb_frame *frame, const struct thumb_saved *saved, uintptr_t exception_return,
                          struct trap_registers *registers)
{
    for (uint32_t i = 0; i < 4; i++) {
        registers->r[i] = frame->r0_to_r3[i];
        registers->r[4 + i] = saved->r4_to_r7[i];
        registers->r[8 + i] = saved->r8_to_r11[i];
    }
    registers->r[12] = frame->r12;
    registers->r[13] = (uintptr_t)(frame + 1) + (frame->status & STATUS_STACK_ALIGNED ? 4 : 0);
    registers->r[13] += exception_return & RETURN_TO_BASIC_FRAME ? 0 : FLOAT_FRAME_BYTES;
    registers->r[14] = frame->lr;
    registers->pc = frame->pc;
}

static void put_registers(struct thumb_frame *frame, struct thumb_saved *saved, const struct trap_registers *registers)
{
    for (uint32_t i = 0; i < 4; i++) {
        frame->r0_to_r3[i] = registers->r[i];
        saved->r4_to_r7[i] = registers->r[4 + i];
        saved->r8_to_r11[i] = registers->r[8 + i];
    }
    frame->r12 = registers->r[12];
    frame->lr = registers->r[14];
    frame->pc = registers->pc;
}

/* An instruction in an if-then block is over: the bits of the status that say what follows move on. */
static uintptr_t after_instruction(uintptr_t status)
{
    uintptr_t block = (status >> 25 & 3) | (status >> 8 & 0xFC);
    block = block & 7 ? (block & 0xE0) | (block << 1 & 0x1F) : 0;
    return (status & ~0x0600FC00u) | (block & 3) << 25 | (block & 0xFC) << 8;
}

static uintptr_t fault_address(uint32_t status, const struct thumb_frame *frame)
{
    if (status & NO_FRAME) {
        return (uintptr_t)frame;
    }
    if (status & BUS_ADDRESS_VALID) {
        return *BUS_FAULT_ADDRESS;
    }
    return status & MEMORY_ADDRESS_VALID ? *MEMORY_FAULT_ADDRESS : 0;
}

static bool is_in_guard(uintptr_t address)
{
    return address >= (uintptr_t)link_guard_start && address < (uintptr_t)link_stack_start;
}

void trap_fault(struct thumb_frame *frame, struct thumb_saved *saved, uintptr_t exception_return)
{
    uint32_t status = *CONFIGURABLE_FAULT_STATUS;
    uintptr_t address = fault_address(status, frame);
    bool is_thread = exception_return & RETURN_TO_THREAD;
    struct trap_registers registers = {.pc = 0};
    if (!(status & NO_FRAME)) {
        get_registers(frame, saved, exception_return, &registers);
    }
    *CONFIGURABLE_FAULT_STATUS = status;
    if (is_thread && (status & ~MISALIGNED) == 0 && misaligned_emulate(&registers)) {
        put_registers(frame, saved, &registers);
        frame->status = after_instruction(frame->status);
        return;
    }
    struct hal_fault fault = {(const void *)address, registers.pc, (uintptr_t)frame, registers.r[14]};
    if (is_thread && thread_take_fault(&fault)) {
        thread_switch();
        return;
    }
    if (status & NO_FRAME || is_in_guard(address)) {
        fault_report("the machine's stack is full", registers.pc, NULL);
    }
    fault_report(cause_text(status), registers.pc, status & (BUS_ADDRESS_VALID | MEMORY_ADDRESS_VALID) ? &address : NULL);
}

void trap_interrupt(void)
{
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    if (exception < 16 || !interrupts_handle(exception - 16)) {
        fault_report("unexpected exception", exception, NULL);
    }
    thread_switch();
}

struct thread_context *trap_switch(void)
{
    struct hal_thread *next = thread_choose();
    protect_stack(next->stack);
    return &next->context;
}

/* What happens on an exception on Cortex-M: the timer rings, a misaligned access is made by hand, everything else is a fault. */
#include <stddef.h>

#include "fault.h"
#include "registers.h"
#include "timer.h"
#include "trap.h"

#define CONFIGURABLE_FAULT_STATUS register_at(0xE000ED28u, 0)
#define MEMORY_FAULT_ADDRESS register_at(0xE000ED34u, 0)
#define BUS_FAULT_ADDRESS register_at(0xE000ED38u, 0)

#define STATUS_STACK_ALIGNED (1u << 9)
#define RETURN_TO_BASIC_FRAME (1u << 4)
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

static void get_registers(const struct thumb_frame *frame, uintptr_t exception_return, struct trap_registers *registers)
{
    for (uint32_t i = 0; i < 4; i++) {
        registers->r[i] = frame->r0_to_r3[i];
        registers->r[4 + i] = frame->r4_to_r7[i];
        registers->r[8 + i] = frame->r8_to_r11[i];
    }
    registers->r[12] = frame->r12;
    registers->r[13] = (uintptr_t)(frame + 1) + (frame->status & STATUS_STACK_ALIGNED ? 4 : 0);
    registers->r[13] += exception_return & RETURN_TO_BASIC_FRAME ? 0 : FLOAT_FRAME_BYTES;
    registers->r[14] = frame->lr;
    registers->pc = frame->pc;
}

static void put_registers(struct thumb_frame *frame, const struct trap_registers *registers)
{
    for (uint32_t i = 0; i < 4; i++) {
        frame->r0_to_r3[i] = registers->r[i];
        frame->r4_to_r7[i] = registers->r[4 + i];
        frame->r8_to_r11[i] = registers->r[8 + i];
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

void trap_fault(struct thumb_frame *frame, uintptr_t exception_return)
{
    uint32_t status = *CONFIGURABLE_FAULT_STATUS;
    struct trap_registers registers;
    get_registers(frame, exception_return, &registers);
    if ((status & ~MISALIGNED) == 0 && misaligned_emulate(&registers)) {
        put_registers(frame, &registers);
        frame->status = after_instruction(frame->status);
        *CONFIGURABLE_FAULT_STATUS = status;
        return;
    }
    uintptr_t address = status & BUS_ADDRESS_VALID ? *BUS_FAULT_ADDRESS : *MEMORY_FAULT_ADDRESS;
    fault_report(cause_text(status), frame->pc, status & (BUS_ADDRESS_VALID | MEMORY_ADDRESS_VALID) ? &address : NULL);
}

_Noreturn void trap_stack_full(void)
{
    fault_report("the machine's stack is full", 0, NULL);
}

void trap_interrupt(void)
{
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    if (exception < 16) {
        fault_report("unexpected exception", exception, NULL);
    }
    if (!timer_interrupt(exception - 16)) {
        fault_report("unexpected interrupt", exception - 16, NULL);
    }
}

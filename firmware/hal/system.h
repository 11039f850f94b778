/* The machine as a whole. */
#ifndef HAL_SYSTEM_H
#define HAL_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* Ends this program because mote itself is at fault: says `what` and where, in one line, then stops or resets. Any context. */
_Noreturn void hal_system_panic(const char *file, int line, const char *what);

/* The lowest address that a module's machine code may use of the calling task's stack. What the runtime, host functions and interrupts
   need below it is set aside already. Any task, no interrupt. */
uintptr_t hal_stack_limit(void);

/* Lets other tasks run. */
void hal_system_yield(void);

/* Starts the machine anew, as after power-on but with the retained memory kept. Any context. */
_Noreturn void hal_system_reset(void);

enum hal_reset_reason {
    HAL_RESET_POWER,    /* also: nobody knows */
    HAL_RESET_SOFTWARE, /* hal_system_reset */
    HAL_RESET_WATCHDOG,
    HAL_RESET_FAULT,    /* hal_system_panic, or the machine refused something that the firmware itself did */
};
/* Why the machine last started. Any thread. */
enum hal_reset_reason hal_system_reset_reason(void);
/* The name of the thread that had the processor at a reset by a fault or by the watchdog, shortened to 31 bytes; "" when it had none or nobody
   knows. Any thread. */
const char *hal_system_reset_thread(void);

/* Memory that a reset leaves as it was; after power-on its contents are anything. At least 512 bytes, aligned to 8, the same at each call; NULL
   when the machine has none. */
void *hal_system_retained(size_t *size_bytes);

/* Feeds the watchdog, which the first call starts: when it is not fed for `timeout_ms` of the last call, the machine is reset. Main thread. */
void hal_system_watchdog(uint32_t timeout_ms);

/* A number that tells this machine from others of its kind, up to 16 bytes into `id`; returns how many, 0 when it has none. */
size_t hal_system_id(uint8_t id[16]);

#endif

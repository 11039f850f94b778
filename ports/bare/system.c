/* The machine as a whole. A few words before the retained memory tell the next start why it started. */
#include "system.h"

#include "boot.h"
#include "console.h"
#include "fault.h"
#include "power.h"
#include "thread.h"

#define NOTE_MAGIC 0x6D6F7466u /* another one when the note changes */
#define NOTE_BYTES 48
#define NAME_BYTES 32 /* with the zero byte */

struct note {
    uint32_t magic; /* otherwise power was off, or another program used this memory */
    uint32_t reason;
    char name[NAME_BYTES];
};

_Static_assert(sizeof(struct note) <= NOTE_BYTES, "the note must fit before the retained memory");

static enum hal_reset_reason reset_reason;

static volatile struct note *note(void)
{
    return (volatile struct note *)link_retained_start;
}

void system_init(void)
{
    if (note()->magic == NOTE_MAGIC && note()->reason <= HAL_RESET_FAULT) {
        reset_reason = (enum hal_reset_reason)note()->reason;
    } else {
        note()->name[0] = '\0';
    }
    note()->name[NAME_BYTES - 1] = '\0'; /* memory that was kept for a while may have changed */
    note()->reason = HAL_RESET_POWER;
    note()->magic = NOTE_MAGIC;
}

_Noreturn void system_restart(enum hal_reset_reason reason)
{
    const char *name = thread_current->name;
    uint32_t i = 0;
    note()->reason = reason;
    for (; name && name[i] && i < NAME_BYTES - 1; i++) {
        note()->name[i] = name[i];
    }
    note()->name[i] = '\0';
    power_reset();
}

const char *hal_system_reset_thread(void)
{
    return (const char *)link_retained_start + offsetof(struct note, name);
}

_Noreturn void hal_system_reset(void)
{
    system_restart(HAL_RESET_SOFTWARE);
}

enum hal_reset_reason hal_system_reset_reason(void)
{
    return reset_reason;
}

void *hal_system_retained(size_t *size_bytes)
{
    *size_bytes = (size_t)(link_retained_end - link_retained_start) - NOTE_BYTES;
    return link_retained_start + NOTE_BYTES;
}

_Noreturn void hal_system_panic(const char *file, int line, const char *what)
{
    fault_panic(file, line, what);
}

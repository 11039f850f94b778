/* The memory protection unit of Cortex-M, where there is one: regions of a power of two, of which the last ones win. The memory map comes first, then the guards
   below the main stack and below that of the thread that runs. What is in no region keeps the CPU's own rules: devices cannot be executed. */
#include "boot.h"
#include "protect.h"
#include "registers.h"

#define TYPE register_at(0xE000ED90u, 0x0)
#define CONTROL register_at(0xE000ED90u, 0x4)
#define BASE register_at(0xE000ED90u, 0xC)
#define ATTRIBUTES register_at(0xE000ED90u, 0x10)

#define ON_BESIDE_THE_DEFAULT_MAP 0x5u
#define BASE_HAS_REGION 0x10u
#define ON 0x1u
#define MAIN_GUARD 6u
#define GUARD 7u

#define NEVER_EXECUTE (1u << 28)
#define NO_ACCESS (NEVER_EXECUTE)
#define READ_WRITE (3u << 24)
#define READ_ONLY (6u << 24)
#define NORMAL_MEMORY (1u << 17)

static const uint32_t settings[] = {
    [LINK_DATA] = NORMAL_MEMORY | READ_WRITE | NEVER_EXECUTE,
    [LINK_CODE] = NORMAL_MEMORY | READ_ONLY,
    [LINK_FLASH] = NORMAL_MEMORY | READ_ONLY,
};

static void set(uint32_t region, uint32_t start, uint32_t size_log2, uint32_t access)
{
    *BASE = start | BASE_HAS_REGION | region;
    *ATTRIBUTES = access | (size_log2 - 1) << 1 | ON;
}

/* Covers what it can with pieces of powers of two, from `region` on; the next free one. */
static uint32_t cover(uint32_t region, uint32_t start, uint32_t end, uint32_t access)
{
    while (start < end && region < MAIN_GUARD) {
        uint32_t size_log2 = start ? (uint32_t)__builtin_ctz(start) : 31;
        while (1u << size_log2 > end - start) {
            size_log2--;
        }
        set(region++, start, size_log2, access);
        start += 1u << size_log2;
    }
    return region;
}

static void set_map(uint32_t flash_access)
{
    uint32_t region = 0;
    for (const struct link_row *row = link_map; row < link_map_end; row++) {
        region = cover(region, row->start, row->end, row->access == LINK_FLASH ? flash_access : settings[row->access]);
    }
}

static void finish(void)
{
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

void protect_init(void)
{
    if (*TYPE != 0) {
        set_map(settings[LINK_FLASH]);
        set(MAIN_GUARD, (uint32_t)(uintptr_t)link_guard_start, 8, NO_ACCESS);
        *CONTROL = ON_BESIDE_THE_DEFAULT_MAP;
        finish();
    }
}

void protect_stack(uintptr_t stack)
{
    if (stack != 0 && *TYPE != 0) {
        set(GUARD, (uint32_t)stack, (uint32_t)__builtin_ctz(PROTECT_GUARD_BYTES), NO_ACCESS);
    } else if (*TYPE != 0) {
        *BASE = BASE_HAS_REGION | GUARD;
        *ATTRIBUTES = 0;
    }
}

void protect_open_flash(void)
{
    set_map(settings[LINK_DATA]);
    finish();
}

void protect_close_flash(void)
{
    set_map(settings[LINK_FLASH]);
    finish();
}

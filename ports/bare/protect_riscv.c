/* Physical memory protection. Entry 0 is the guard below the main stack, 1 and 2 the one below the stack of the thread that runs, from 3 on the memory
   map, each entry reaching from where the one before ends. Locked entries hold for the main thread as well; those of partitions are not locked, so that it can
   write flash. */
#include "boot.h"
#include "protect.h"

#define ENTRIES 16
#define FIRST 4 /* of the map; 3 says where it begins */

#define READ 0x01u
#define WRITE 0x02u
#define EXECUTE 0x04u
#define UP_TO 0x08u       /* from the address of the entry before */
#define POWER_OF_TWO 0x18u
#define LOCKED 0x80u

static const uint8_t settings[] = {
    [LINK_DATA] = LOCKED | UP_TO | READ | WRITE,
    [LINK_CODE] = LOCKED | UP_TO | READ | EXECUTE,
    [LINK_FLASH] = UP_TO | READ | EXECUTE,
};

struct table {
    uint32_t addresses[ENTRIES]; /* divided by 4 */
    uint8_t settings[ENTRIES];
    uint32_t count;
};

static void add(struct table *table, uint32_t end, enum link_access access)
{
    table->addresses[table->count] = end >> 2;
    table->settings[table->count++] = settings[access];
}

/* What lies between the rows are devices, which are data. Those before the first row are not locked: an emulator may have its start-up code there, and
   need not clear these registers at a reset. */
static void add_map(struct table *table)
{
    uint32_t end = 0;
    for (const struct link_row *row = link_map; row < link_map_end; row++) {
        if (row->access != LINK_DATA) {
            if (row->start > end) {
                add(table, row->start, LINK_DATA);
                table->settings[table->count - 1] &= end == 0 ? (uint8_t)~LOCKED : 0xFF;
            }
            add(table, row->end, (enum link_access)row->access);
            end = row->end;
        }
    }
    add(table, UINT32_MAX, LINK_DATA);
}

void protect_init(void)
{
    struct table table = {.count = FIRST};
    table.addresses[0] = (uint32_t)(uintptr_t)link_guard_start >> 2 | 31; /* 256 bytes */
    table.settings[0] = LOCKED | POWER_OF_TWO;
    table.addresses[1] = table.addresses[2] = (uint32_t)(uintptr_t)link_guard_start >> 2; /* nothing: at 0 it would be all for some emulators */
    table.settings[2] = UP_TO;
    add_map(&table);
    __asm__ volatile(".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                     "    lw t0, \\n * 4(%0)\n"
                     "    csrw pmpaddr\\n, t0\n"
                     ".endr\n"
                     ".irp n, 0,1,2,3\n"
                     "    lw t0, \\n * 4 + 64(%0)\n"
                     "    csrw pmpcfg\\n, t0\n"
                     ".endr\n"
                     :
                     : "r"(&table)
                     : "t0", "memory");
}

void protect_stack(uintptr_t stack)
{
    static uintptr_t current;
    if (stack != current) {
        current = stack;
        __asm__ volatile("csrw pmpaddr1, %0\n\tcsrw pmpaddr2, %1" : : "r"(stack >> 2), "r"((stack + PROTECT_GUARD_BYTES) >> 2));
    }
}

void protect_open_flash(void)
{
}

void protect_close_flash(void)
{
}

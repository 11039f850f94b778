/* Linear memories, whatever the bounds mode; see memory.h. */
#include "runtime/memory.h"
#include "runtime/agent.h"
#include "runtime/runtime.h"

/* The largest number of pages whose bytes a size_t can count, with room for an offset behind them. */
#define PAGES_MAX (sizeof(size_t) > 4 ? 65536u : 32768u)

enum mote_error mote_memory_init(struct mote_memory *memory, struct mote_runtime *runtime,
                                 const struct mote_memory_type *type)
{
    *memory = (struct mote_memory){.runtime = runtime, .type = *type};
    memory->max_pages = type->limits.has_max ? type->limits.max : 65536;
    if (!mote_memory_reserve(memory)) {
        return MOTE_ERROR_NO_MEMORY;
    }
    memory->next = runtime->memories;
    runtime->memories = memory;
    return mote_memory_grow(memory, type->limits.min) == UINT32_MAX ? MOTE_ERROR_NO_MEMORY : MOTE_ERROR_NONE;
}

void mote_memory_deinit(struct mote_memory *memory)
{
    for (struct mote_memory **link = &memory->runtime->memories; *link; link = &(*link)->next) {
        if (*link == memory) {
            *link = memory->next;
            break;
        }
    }
    mote_memory_release(memory);
}

uint32_t mote_memory_grow(struct mote_memory *memory, uint32_t delta)
{
    uint32_t limit = memory->max_pages;
    limit = limit < memory->runtime->page_limit ? limit : memory->runtime->page_limit;
    limit = limit < PAGES_MAX ? limit : PAGES_MAX;
    uint32_t old = memory->pages;
    if (old > limit || delta > limit - old) {
        return UINT32_MAX;
    }
    if (delta > 0 && !mote_memory_extend(memory, (size_t)delta * MOTE_PAGE_BYTES)) {
        return UINT32_MAX;
    }
    memory->pages = old + delta;
    memory->size = (size_t)memory->pages * MOTE_PAGE_BYTES;
    mote_agents_follow_memory(memory);
    return old;
}

/* Linear memories as blocks of the heap: every access is checked by the code that makes it. */
#include "base/bits.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

bool mote_memory_reserve(struct mote_memory *memory)
{
    (void)memory;
    return true;
}

bool mote_memory_extend(struct mote_memory *memory, size_t bytes)
{
    if (bytes > SIZE_MAX - memory->size) {
        return false;
    }
    struct mote_runtime *runtime = memory->runtime;
    runtime->host_enter(); /* who ends this thread by force comes before or after this */
    uint8_t *moved = mote_heap_resize(&runtime->heap, MOTE_HEAP_MEMORY, memory->data, memory->size, memory->size + bytes);
    memory->data = moved ? moved : memory->data;
    runtime->host_leave();
    if (moved) {
        memset(moved + memory->size, 0, bytes);
    }
    return moved != NULL;
}

void mote_memory_release(struct mote_memory *memory)
{
    mote_heap_free(&memory->runtime->heap, MOTE_HEAP_MEMORY, memory->data, memory->size);
}

void mote_memory_guarded(struct mote_runtime *runtime, void (*run)(void *argument),
                         void (*refused)(void *argument, const struct hal_fault *fault), void *argument)
{
    (void)runtime, (void)refused;
    run(argument);
}

/* Linear memories in reserved address space: an address (32 bits) plus an offset (32 bits) plus the widest access always lies inside the
   reservation, and what is not committed faults. So code needs no compare, and a memory never moves. */
#include "hal/pages.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"

#define RESERVED_BYTES ((UINT64_C(1) << 33) + MOTE_PAGE_BYTES)

bool mote_memory_reserve(struct mote_memory *memory)
{
    memory->data = hal_pages_reserve(RESERVED_BYTES);
    return memory->data != NULL;
}

bool mote_memory_extend(struct mote_memory *memory, size_t bytes)
{
    struct mote_heap *heap = &memory->runtime->heap;
    if (!mote_heap_charge(heap, MOTE_HEAP_MEMORY, bytes)) {
        return false;
    }
    if (!hal_pages_commit(memory->data + memory->size, bytes)) {
        mote_heap_discharge(heap, MOTE_HEAP_MEMORY, bytes);
        return false;
    }
    return true;
}

void mote_memory_release(struct mote_memory *memory)
{
    if (memory->data) {
        mote_heap_discharge(&memory->runtime->heap, MOTE_HEAP_MEMORY, memory->size);
        hal_pages_release(memory->data, RESERVED_BYTES);
    }
}

struct guarded_call {
    struct mote_runtime *runtime;
    void (*run)(void *argument);
    void (*refused)(void *argument, const struct hal_fault *fault);
    void *argument;
};

static void run_guarded(void *argument)
{
    struct guarded_call *call = argument;
    call->run(call->argument);
}

static bool owns(void *argument, const struct hal_fault *fault)
{
    const struct guarded_call *call = argument;
    for (const struct mote_memory *memory = call->runtime->memories; memory; memory = memory->next) {
        if ((uintptr_t)fault->address - (uintptr_t)memory->data < RESERVED_BYTES) {
            call->refused(call->argument, fault);
            return true;
        }
    }
    return false;
}

void mote_memory_guarded(struct mote_runtime *runtime, void (*run)(void *argument),
                         void (*refused)(void *argument, const struct hal_fault *fault), void *argument)
{
    struct guarded_call call = {runtime, run, refused, argument};
    hal_pages_guarded(run_guarded, owns, &call);
}

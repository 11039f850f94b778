/* Tables; see table.h. */
#include "runtime/table.h"
#include "runtime/runtime.h"

/* An implementation limit on elements, far above what modules have; keeps a hostile minimum from taking the machine's memory. */
#define ELEMENTS_MAX 10000000u

enum mote_error mote_table_init(struct mote_table *table, struct mote_runtime *runtime,
                                const struct mote_table_type *type)
{
    *table = (struct mote_table){.runtime = runtime, .type = *type, .max = type->limits.max};
    if (type->limits.min > ELEMENTS_MAX) {
        return MOTE_ERROR_LIMIT;
    }
    return mote_table_grow(table, type->limits.min, NULL) == UINT32_MAX ? MOTE_ERROR_NO_MEMORY : MOTE_ERROR_NONE;
}

void mote_table_deinit(struct mote_table *table)
{
    mote_heap_free(&table->runtime->heap, MOTE_HEAP_INSTANCE, table->elements, table->capacity * sizeof(void *));
}

/* Room for so many elements. Who ends this thread by force comes before or after it. */
static bool reserve(struct mote_table *table, uint32_t count)
{
    struct mote_runtime *runtime = table->runtime;
    runtime->host_enter();
    void **moved = mote_heap_resize(&runtime->heap, MOTE_HEAP_INSTANCE, table->elements, table->capacity * sizeof(void *),
                                    count * sizeof(void *));
    if (moved) {
        table->elements = moved;
        table->capacity = count;
    }
    runtime->host_leave();
    return moved != NULL;
}

uint32_t mote_table_grow(struct mote_table *table, uint32_t delta, void *value)
{
    uint32_t old = table->size;
    uint32_t limit = table->max < ELEMENTS_MAX ? table->max : ELEMENTS_MAX;
    if (old > limit || delta > limit - old) {
        return UINT32_MAX;
    }
    if (old + delta > table->capacity && !reserve(table, old + delta)) {
        return UINT32_MAX;
    }
    for (uint32_t i = old; i < old + delta; i++) {
        table->elements[i] = value;
    }
    table->size = old + delta;
    return old;
}

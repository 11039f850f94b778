/* Tables (specification, 4.2.7): vectors of references. */
#ifndef RUNTIME_TABLE_H
#define RUNTIME_TABLE_H

#include "wasm/module.h"

struct mote_table {
    void **elements; /* NULL is ref.null */
    uint32_t size;
    uint32_t capacity;
    struct mote_runtime *runtime;
    uint32_t max;
    struct mote_table_type type;
};

enum mote_error mote_table_init(struct mote_table *table, struct mote_runtime *runtime,
                                const struct mote_table_type *type);
void mote_table_deinit(struct mote_table *table);

/* Grows by `delta` elements that are all `value`; the old size, or UINT32_MAX when that cannot be. */
uint32_t mote_table_grow(struct mote_table *table, uint32_t delta, void *value);

/* Whether `count` elements from `index` on exist. */
static inline bool mote_table_has(const struct mote_table *table, uint32_t index, uint32_t count)
{
    return count <= table->size && index <= table->size - count;
}

#endif

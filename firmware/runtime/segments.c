/* Element and data segments put to use: at instantiation and by table.init and memory.init (specification, 4.4.6, 4.4.7, 4.5.4). */
#include "base/bits.h"
#include "base/reader.h"
#include "runtime/instance.h"

static bool is_dropped(const uint8_t *dropped, uint32_t index)
{
    return dropped[index / 8] >> index % 8 & 1;
}

enum mote_trap mote_table_init_elems(struct mote_instance *instance, uint32_t tableidx, uint32_t elemidx, uint32_t to,
                                     uint32_t from, uint32_t count)
{
    const struct mote_elem *elem = &instance->module->elems[elemidx];
    uint32_t available = is_dropped(instance->dropped_elems, elemidx) ? 0 : elem->count;
    const struct mote_table *table = instance->tables[tableidx];
    if (!mote_table_has(table, to, count) || count > available || from > available - count) {
        return MOTE_TRAP_TABLE_OUT_OF_BOUNDS;
    }
    struct mote_diag diag = {0};
    struct mote_reader reader = mote_reader_over(instance->module->bytes, elem->at, instance->module->size, &diag);
    for (uint32_t i = 0; i < from + count; i++) {
        void *value;
        if (elem->is_exprs) {
            value = (void *)(uintptr_t)mote_eval_const_expr(instance, &reader.at);
        } else {
            value = mote_instance_func(instance, mote_read_u32_leb(&reader));
        }
        if (i >= from) {
            table->elements[to + i - from] = value;
        }
    }
    return MOTE_TRAP_NONE;
}

enum mote_trap mote_memory_init_data(struct mote_instance *instance, uint32_t dataidx, uint32_t to, uint32_t from,
                                     uint32_t count)
{
    const struct mote_data *data = &instance->module->datas[dataidx];
    uint32_t available = is_dropped(instance->dropped_datas, dataidx) ? 0 : data->size;
    const struct mote_memory *memory = instance->memories[0];
    if (!mote_memory_has(memory, to, count) || count > available || from > available - count) {
        return MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    }
    if (count > 0) {
        memcpy(memory->data + to, instance->module->bytes + data->at + from, count);
    }
    return MOTE_TRAP_NONE;
}

static enum mote_trap run_elem(struct mote_instance *instance, uint32_t elemidx)
{
    const struct mote_elem *elem = &instance->module->elems[elemidx];
    enum mote_trap trap = MOTE_TRAP_NONE;
    if (elem->mode == SEGMENT_ACTIVE) {
        uint32_t at = elem->offset.at;
        uint32_t to = (uint32_t)mote_eval_const_expr(instance, &at);
        trap = mote_table_init_elems(instance, elem->table, elemidx, to, 0, elem->count);
    }
    if (elem->mode != SEGMENT_PASSIVE) {
        mote_drop_segment(instance->dropped_elems, elemidx);
    }
    return trap;
}

static enum mote_trap run_data(struct mote_instance *instance, uint32_t dataidx)
{
    const struct mote_data *data = &instance->module->datas[dataidx];
    if (data->mode != SEGMENT_ACTIVE) {
        return MOTE_TRAP_NONE;
    }
    uint32_t at = data->offset.at;
    uint32_t to = (uint32_t)mote_eval_const_expr(instance, &at);
    enum mote_trap trap = mote_memory_init_data(instance, dataidx, to, 0, data->size);
    mote_drop_segment(instance->dropped_datas, dataidx);
    return trap;
}

enum mote_trap mote_instance_run_segments(struct mote_instance *instance)
{
    enum mote_trap trap = MOTE_TRAP_NONE;
    for (uint32_t i = 0; i < instance->module->elem_count && !trap; i++) {
        trap = run_elem(instance, i);
    }
    for (uint32_t i = 0; i < instance->module->data_count && !trap; i++) {
        trap = run_data(instance, i);
    }
    return trap;
}

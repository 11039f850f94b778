/* Bulk operations on memories and tables, for all engines (specification, 4.4.6 and 4.4.7). Long ones on memories go in pieces, so that
   an interrupt is heard. */
#ifndef RUNTIME_BULK_H
#define RUNTIME_BULK_H

#include "runtime/agent.h"

/* On memory 0 of the instance that runs. */
enum mote_trap mote_memory_fill(const struct mote_agent *agent, uint32_t to, uint32_t value, uint32_t size);
enum mote_trap mote_memory_copy(const struct mote_agent *agent, uint32_t to, uint32_t from, uint32_t size);

enum mote_trap mote_table_fill(struct mote_table *table, uint32_t at, void *value, uint32_t count);
enum mote_trap mote_table_copy(struct mote_table *to_table, const struct mote_table *from_table, uint32_t to, uint32_t from,
                               uint32_t count);

#endif

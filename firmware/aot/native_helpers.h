/* The functions that native code calls, by their names in tables/native_abi.def; those of numeric instructions are in native_numeric.def. */
#ifndef AOT_NATIVE_HELPERS_H
#define AOT_NATIVE_HELPERS_H

#include "aot/native.h"

/* native_call.c */
_Noreturn void mote_native_TRAP(struct mote_context *context, uint32_t trap, uint32_t offset);
void mote_native_CALL(struct mote_context *context, struct mote_func *func, uint32_t *cells);
void mote_native_CALL_INDIRECT(struct mote_context *context, uint32_t tableidx, uint32_t index, uint32_t typeidx, uint32_t *cells);

/* native_helpers.c */
uint32_t mote_native_MEMORY_GROW(struct mote_context *context, uint32_t pages);
void mote_native_MEMORY_FILL(struct mote_context *context, uint32_t to, uint32_t value, uint32_t size);
void mote_native_MEMORY_COPY(struct mote_context *context, uint32_t to, uint32_t from, uint32_t size);
void mote_native_MEMORY_INIT(struct mote_context *context, uint32_t dataidx, uint32_t to, uint32_t from, uint32_t size);
void mote_native_DATA_DROP(struct mote_context *context, uint32_t dataidx);
void *mote_native_REF_FUNC(struct mote_context *context, uint32_t funcidx);
void *mote_native_TABLE_GET(struct mote_context *context, uint32_t tableidx, uint32_t index);
void mote_native_TABLE_SET(struct mote_context *context, uint32_t tableidx, uint32_t index, void *value);
uint32_t mote_native_TABLE_SIZE(struct mote_context *context, uint32_t tableidx);
uint32_t mote_native_TABLE_GROW(struct mote_context *context, uint32_t tableidx, void *value, uint32_t count);
void mote_native_TABLE_FILL(struct mote_context *context, uint32_t tableidx, uint32_t index, void *value, uint32_t count);
void mote_native_TABLE_INIT(struct mote_context *context, uint32_t tableidx, uint32_t elemidx, uint32_t to, uint32_t from,
                            uint32_t count);
void mote_native_TABLE_COPY(struct mote_context *context, uint32_t to_table, uint32_t from_table, uint32_t to, uint32_t from,
                            uint32_t count);
void mote_native_ELEM_DROP(struct mote_context *context, uint32_t elemidx);

#endif

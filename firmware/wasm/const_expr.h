/* What checking and evaluating constant expressions share. */
#ifndef WASM_CONST_EXPR_H
#define WASM_CONST_EXPR_H

#include "base/reader.h"

/* Operands that a constant expression may hold at once: a limit of ours, far above what compilers emit. */
#define MOTE_CONST_EXPR_DEPTH 16

/* Reads what follows i32.const (code OP_CODE_I32_CONST) and its three relatives: the bits of the constant. */
uint64_t mote_read_constant(struct mote_reader *reader, uint32_t code);

/* Reads what follows i32.const (code OP_CODE_I32_CONST) and its three relatives: the bits of the constant. */
uint64_t mote_read_constant(struct mote_reader *reader, uint32_t code);

#endif

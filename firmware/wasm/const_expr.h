/* What checking and evaluating constant expressions share. */
#ifndef WASM_CONST_EXPR_H
#define WASM_CONST_EXPR_H

/* Operands that a constant expression may hold at once: a limit of ours, far above what compilers emit. */
#define MOTE_CONST_EXPR_DEPTH 16

#endif

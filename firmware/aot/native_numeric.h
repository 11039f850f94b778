/* Numeric instructions as functions, for targets without machine code for them. Floats travel as the integers that hold their bits. */
#ifndef AOT_NATIVE_NUMERIC_H
#define AOT_NATIVE_NUMERIC_H

#include "aot/native.h"

/* The kinds of operands in native_numeric.def: how they travel. */
typedef uint32_t mote_native_S32, mote_native_U32, mote_native_F32;
typedef uint64_t mote_native_S64, mote_native_U64, mote_native_F64;

#define UNARY(name, in, out, expr) mote_native_##out mote_native_##name(mote_native_##in x);
#define BINARY(name, in, out, expr) mote_native_##out mote_native_##name(mote_native_##in x, mote_native_##in y);
#define TRUNCATION(name, in, out, kind) mote_native_##out mote_native_##name(struct mote_context *context, mote_native_##in x);
#include "aot/native_numeric.def"
#undef TRUNCATION
#undef BINARY
#undef UNARY

#endif

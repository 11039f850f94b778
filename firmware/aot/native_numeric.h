/* Numeric instructions as functions, for targets without machine code for them. Floats travel as the integers that hold their bits. */
#ifndef AOT_NATIVE_NUMERIC_H
#define AOT_NATIVE_NUMERIC_H

#include "aot/native.h"

/* The kinds of operands in native_numeric.def: how they travel. */
typedef uint32_t mote_native_S32, mote_native_U32, mote_native_F32;
typedef uint64_t mote_native_S64, mote_native_U64, mote_native_F64;

/* What a CPU lacks, by the names that tools/mote/aot/targets.py has for it. */
#define LACKS_SHIFT_64 CPU_THUMB
#define LACKS_DIVIDE_32 LACKS_SHIFT_64
#define LACKS_COUNTS (LACKS_SHIFT_64 || CPU_RISCV32 || CPU_RISCV64)

/* Truncations to 32 bits give their result in the lower half, which on all our CPUs is where 32 bits are expected. */
#define UNARY(name, in, out, expr) mote_native_##out mote_native_##name(mote_native_##in x);
#define BINARY(name, in, out, expr) mote_native_##out mote_native_##name(mote_native_##in x, mote_native_##in y);
#define SINGLE(name, function) uint32_t mote_native_##name(uint32_t x);
#define SINGLES(name, function) uint32_t mote_native_##name(uint32_t x, uint32_t y);
#define SATURATION(name, in, kind) uint64_t mote_native_##name(mote_native_##in x);
#define TRUNCATION(name, in, kind) uint64_t mote_native_##name(struct mote_context *context, mote_native_##in x);
#include "aot/native_numeric.def"
#undef TRUNCATION
#undef SATURATION
#undef SINGLES
#undef SINGLE
#undef BINARY
#undef UNARY

#endif

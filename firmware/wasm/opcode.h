/* Instructions by number: what tables/opcodes.def says of each (specification, 5.4). */
#ifndef WASM_OPCODE_H
#define WASM_OPCODE_H

#include "wasm/feature.h"

enum mote_op {
#define OP(prefix, code, name, text, immediate, signature, feature) OP_##name,
#include "tables/opcodes.def"
#undef OP
    OP_COUNT,
    OP_NONE = 0xFF
};

/* Their codes, of those without a prefix. */
enum mote_op_code {
#define PREFIX_0x00(code, name) OP_CODE_##name = (code),
#define PREFIX_0xFC(code, name)
#define OP(prefix, code, name, text, immediate, signature, feature) PREFIX_##prefix(code, name)
#include "tables/opcodes.def"
#undef OP
#undef PREFIX_0x00
#undef PREFIX_0xFC
};

enum mote_immediate {
#define IMMEDIATE(name, fields) IMM_##name,
#include "tables/immediates.def"
#undef IMMEDIATE
};

/* A signature is a number of three digits to the base of 5, each an enum mote_sig_type: the operand below the topmost, the
   topmost, the result. Then there are SIG_III (three operands of i32) and SIG_SPECIAL (the validator has a rule of its own). */
enum mote_sig_type { SIG_NONE, SIG_I32, SIG_I64, SIG_F32, SIG_F64 };
#define SIG(below, top, result) (25 * (below) + 5 * (top) + (result))
#define SIG_BELOW(signature) ((signature) / 25)
#define SIG_RESULT(signature) ((signature) % 5)
#define SIG_III 125
#define SIG_SPECIAL 127
/* Value types are numbered downwards from i32. */
#define SIG_VALTYPE(type) ((uint8_t)(0x80 - (type)))

struct mote_op_info {
    uint16_t signature : 7;
    uint16_t immediate : 5; /* enum mote_immediate */
    uint16_t feature : 4;   /* enum mote_feature */
};

extern const struct mote_op_info mote_op_info[OP_COUNT];

/* The instruction with this prefix (0 for none, otherwise 0xFC) and code, or OP_NONE. */
enum mote_op mote_find_op(uint32_t prefix, uint32_t code);

/* Log2 of the bytes that a load or store accesses: the largest alignment its memarg may name. */
unsigned mote_op_natural_align(enum mote_op op);

/* The proposal to which a first opcode byte belongs that mote_find_op does not know, or NULL. */
const char *mote_foreign_feature(uint8_t byte);

#endif

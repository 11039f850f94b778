/* Validates function bodies (specification, 3.3 and appendix "Validation Algorithm"), telling a sink what it sees. */
#ifndef WASM_VALIDATE_H
#define WASM_VALIDATE_H

#include "wasm/decode.h"
#include "wasm/emit.h"

/* A control frame: a block that is open. */
struct mote_ctrl {
    struct mote_blocktype type;
    uint32_t height;     /* of the operand stack where it began */
    uint8_t op;          /* OP_BLOCK, OP_LOOP, OP_IF, OP_ELSE; OP_BLOCK for the body itself */
    bool is_unreachable; /* the code from here to its end cannot run */
    bool is_dead;        /* it began in code that cannot run: the sink does not know of it */
};

struct mote_validator {
    struct mote_module *module;
    struct mote_emit *emit; /* NULL: only validate */
    struct mote_diag *diag;
    struct mote_reader reader;
    bool no_memory;

    const struct mote_functype *type;
    uint8_t *locals;
    uint32_t local_count, local_capacity;
    uint8_t *operands; /* value types; 0 is the unknown type of unreachable code */
    uint32_t operand_count, operand_capacity;
    struct mote_ctrl *ctrls;
    uint32_t ctrl_count, ctrl_capacity;

    uint32_t at; /* offset of the instruction under the eye */
};

void mote_validator_init(struct mote_validator *validator, struct mote_module *module, struct mote_emit *emit,
                         struct mote_diag *diag);
void mote_validator_deinit(struct mote_validator *validator);

/* Validates the body of a defined function. False: the diag says why. */
bool mote_validate_body(struct mote_validator *validator, uint32_t funcidx);

/* Validates the bodies of all functions that a decoded module defines (of one that could not be decoded to its end: those that were
   found). False: the diag says why. */
bool mote_validate_bodies(struct mote_module *module, struct mote_emit *emit, struct mote_diag *diag);

/* The same for the functions from `from` to below `to`. */
bool mote_validate_range(struct mote_module *module, uint32_t from, uint32_t to, struct mote_emit *emit, struct mote_diag *diag);

/* For the rules of single instructions (validate_instr.c, validate_control.c). */

/* Fails at the current instruction. */
void mote_invalid(struct mote_validator *v, enum mote_error error, const char *detail);
/* The same for an index that is out of range: "unknown function 7". */
void mote_invalid_index(struct mote_validator *v, enum mote_error error, uint32_t index);
/* Reads an index of the current instruction that must be below `count`; false (and reported) when it is not. */
bool mote_instr_index(struct mote_validator *v, uint32_t *index, uint32_t count, enum mote_error unknown);
void mote_push_operand(struct mote_validator *v, uint8_t type);
/* Pops an operand of the type (any when 0); the type found, 0 when unknown. */
uint8_t mote_pop_operand(struct mote_validator *v, uint8_t expected);
void mote_pop_operands(struct mote_validator *v, const uint8_t *types, uint32_t count);
void mote_push_operands(struct mote_validator *v, const uint8_t *types, uint32_t count);
/* After this, the rest of the current block cannot run. */
void mote_set_unreachable(struct mote_validator *v);
bool mote_push_ctrl(struct mote_validator *v, enum mote_op op, const struct mote_blocktype *type);

static inline struct mote_ctrl *mote_top_ctrl(struct mote_validator *v)
{
    return &v->ctrls[v->ctrl_count - 1];
}

/* Checks an instruction whose signature is SIG_SPECIAL, reading its immediates into `instr`. */
void mote_validate_special(struct mote_validator *v, struct mote_instr *instr);
/* Blocks and branches among them; false when the instruction is none of these. */
bool mote_validate_control(struct mote_validator *v, struct mote_instr *instr);

#endif

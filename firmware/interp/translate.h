/* From valid instructions to register code, in one pass with validation (wasm/emit.h). What the files of the translator share:
 *
 *     translate.c           functions: frame layout, begin and end, which file takes which instruction
 *     translate_emit.c      the code buffer, operands and where they are, results
 *     translate_rows.c      which variants instructions have
 *     translate_numeric.c   arithmetic, comparisons, conversions
 *     translate_memory.c    loads and stores
 *     translate_control.c   blocks, branches, returns
 *     translate_call.c      calls
 *     translate_variable.c  constants, locals, globals, select, helpers
 *
 * The translator keeps a picture of the operand stack. local.get and constants emit nothing: they leave a note there
 * (OPERAND_LOCAL, OPERAND_CONST) that the instruction which takes the operand reads. The result of an operation goes to the operand's
 * own slot unless the next instruction is seen to take it: then the operation is changed after the fact (struct last), to
 * leave its result in the accumulator only or to write it straight into a local.
 */
#ifndef INTERP_TRANSLATE_H
#define INTERP_TRANSLATE_H

#include "interp/interp.h"
#include "wasm/emit.h"

enum operand_kind { OPERAND_SLOT, OPERAND_LOCAL, OPERAND_CONST };

struct operand {
    uint64_t bits;  /* constant; or the local's index */
    uint32_t cell;  /* its own place: cells from the frame pointer */
    uint8_t kind;   /* enum operand_kind */
    uint8_t cells;  /* that the value takes: 1 or 2 */
};

/* A place in the code that waits for a label. */
struct fixup {
    uint32_t next; /* index + 1 in the list of the same label; 0 ends it */
    uint32_t at;   /* half-word that takes the displacement */
    uint32_t base; /* first half-word of the operation */
    bool is_far;   /* 32 bits */
};

struct label {
    uint32_t height; /* operands below the block's parameters */
    uint32_t fixups; /* branches to its end, index + 1 */
    uint32_t otherwise; /* if: the branch around the first arm, index + 1 */
    uint32_t start;  /* loop: where it begins */
    struct mote_blocktype type;
    uint8_t op;
};

/* How the operands of a comparison stand in the code. */
enum form { FORM_SS, FORM_SK, FORM_AS, FORM_AK, FORM_SA };

/* Where the result of an operation is: in its slot; in the accumulator as well; and, if that is wanted, there only (the next code is its _A
   form). */
enum result { RESULT_SLOT, RESULT_ACC_TOO, RESULT_MOVABLE };

/* The operation emitted last, as long as nothing can jump between it and the next. */
struct last {
    uint32_t start, end; /* half-words; end == translator->at, otherwise it is not the last */
    uint16_t code;       /* enum code of its _S form */
    uint32_t slot;       /* byte offset where its result went */
    uint8_t cells;
    uint8_t result;      /* enum result */
    bool is_compare;     /* an integer comparison, which a branch can take over */
    uint8_t condition;   /* COND_ */
    uint8_t form;        /* enum form */
    bool is_wide;        /* of 64-bit operands */
};

struct translator {
    struct mote_emit emit; /* first: the validator knows only this */
    struct mote_module *module;
    uint32_t funcidx;
    struct mote_body body;
    uint32_t at;       /* next half-word in module->code */
    uint32_t start;    /* where this function begins */
    struct last last;

    bool has_far_frame;     /* larger than 64 KiB: most slots are out of the reach of 16-bit fields */
    bool has_far_branches;  /* further than 16 bits */
    uint32_t retry_funcidx; /* the function of which that became known on the first attempt */
    uint32_t first_cell;  /* of the operands */
    uint32_t max_cell;    /* cells that the frame takes */
    uint32_t link;        /* byte offset of the return address */
    uint32_t scratch;     /* has_far_frame: byte offset of slots for operands on their way */

    uint32_t *local_slots; /* byte offsets; one more than there are locals */
    uint32_t local_capacity;
    struct operand *operands;
    uint32_t operand_count, operand_capacity;
    struct label *labels;
    uint32_t label_count, label_capacity;
    struct fixup *fixups;
    uint32_t fixup_count, fixup_capacity, free_fixup; /* index + 1 */

    /* For mote_interp_locate: whose code is `locate_at`? */
    uint32_t locate_at; /* half-word counted from the function's beginning; MOTE_NO_INDEX: nobody asks */
    uint32_t located;   /* offset in the module */
    uint32_t instr_at;  /* where the code of the instruction at hand begins */
    uint16_t nowhere[16]; /* takes code after a failure */
};

/* Conditions come in pairs that are each other's opposite: COND ^ 1. */
enum { COND_EQ, COND_NE, COND_LT_S, COND_GE_S, COND_LT_U, COND_GE_U };

/* translate.c: a translator's beginning and end. */
void translator_init(struct translator *t, struct mote_module *module);
void translator_deinit(struct translator *t);

/* translate_emit.c */

/* Notes that the function cannot be translated; the sink then answers false. */
void translate_fail(struct translator *t, enum mote_error error, const char *detail);
/* Asks for another attempt with one of the has_far flags set. */
void translate_retry(struct translator *t, bool *flag);

/* Begins an operation with room for `fields` half-words; returns where they go. Never NULL: after a failure into nowhere. */
uint16_t *translate_op(struct translator *t, enum code code, uint32_t fields);
void translate_put_u32(uint16_t *at, uint32_t value);
/* Room for a table behind the operation; false after a failure. */
bool translate_reserve(struct translator *t, uint32_t halves);
/* The operation emitted next may be jumped to. */
void translate_bind_here(struct translator *t);

/* Pushes an operand that will be in its own slot. */
struct operand *translate_push(struct translator *t, unsigned cells);
/* The cell where an operand at this height of the stack lies. */
uint32_t translate_cell_at(const struct translator *t, uint32_t height);
/* Takes the topmost operand off; the copy is valid until something else is pushed. */
struct operand translate_pop(struct translator *t);
static inline struct operand *translate_top(struct translator *t)
{
    return &t->operands[t->operand_count - 1];
}

/* The slot (byte offset below 64 KiB) from which an operation can read the operand; constants are put into their own
   place first (the operand says so afterwards), far slots into scratch slot `scratch` (0 to 3). */
uint16_t translate_use(struct translator *t, struct operand *operand, unsigned scratch);
/* Whether the accumulator holds the operand now. */
bool translate_in_acc(const struct translator *t, const struct operand *operand);
/* Takes an operand, popped before, from the accumulator: its operation need not store it any more if nobody else can want it. */
void translate_take_acc(struct translator *t, const struct operand *operand);
/* Whether the operand is a constant that fits a K field. */
bool translate_is_k(const struct operand *operand);
/* Makes sure that the operand lies in its own place. */
void translate_flush(struct translator *t, struct operand *operand);
void translate_flush_top(struct translator *t, uint32_t count);
/* All operands of the current block that are notes of locals. */
void translate_flush_locals(struct translator *t);
/* Those that are notes of one local, which is about to change. */
void translate_flush_local(struct translator *t, uint32_t localidx);
/* Pushes a note that an operand is a local as it is now. */
void translate_note_local(struct translator *t, uint32_t localidx, unsigned cells);
/* Copies an operand to a slot (byte offset, maybe far). */
void translate_copy_to(struct translator *t, struct operand *operand, uint32_t slot);

/* Pushes the result of the operation that was just emitted from `start` on, in its _S form (`code`), with the last field
   left for the slot that takes it. */
void translate_result(struct translator *t, enum code code, uint32_t start, unsigned cells, enum result result);

/* The result of constants, copies and the like. */
enum result translate_plain_result(unsigned cells);

/* translate_numeric.c, translate_variable.c, translate_control.c: true when the instruction is theirs. */
bool translate_numeric(struct translator *t, const struct mote_instr *instr);
bool translate_variable(struct translator *t, const struct mote_instr *instr);
bool translate_control(struct translator *t, const struct mote_instr *instr);

/* translate_numeric.c: eqz of the topmost operand, of either width. */
void translate_eqz(struct translator *t);

/* translate_numeric.c: the code of a branch that takes over the comparison emitted last; CODE_COUNT when there is none in this
   form. */
enum code translate_branch_code(const struct translator *t, uint8_t condition);

/* translate_call.c */
void translate_call(struct translator *t, uint32_t funcidx);
void translate_call_indirect(struct translator *t, const struct mote_instr *instr);

/* translate_control.c: opens the label of the function itself. */
void translate_push_label(struct translator *t, const struct mote_instr *instr);

/* translate_call.c: for operations that want operands at a slot below 64 KiB: that slot, after moving the frame pointer up where frames are larger;
   translate_frame_down moves it back. */
uint16_t translate_frame_up(struct translator *t, uint32_t cell);
void translate_frame_down(struct translator *t, uint32_t cell);

#endif

/* What the validator tells an engine's translator while it goes through a function body, instruction by instruction
   (a sink). Only valid code comes this far, and code that can never run does not come at all, except for the ELSE and
   END of blocks that were entered. */
#ifndef WASM_EMIT_H
#define WASM_EMIT_H

#include "wasm/module.h"
#include "wasm/opcode.h"

/* A block's type: value types as bytes of the module. */
struct mote_blocktype {
    const uint8_t *params;
    const uint8_t *results;
    uint32_t param_count;
    uint32_t result_count;
};

struct mote_instr {
    enum mote_op op;
    uint32_t offset;    /* of the opcode, in the module */
    bool is_reachable;  /* for ELSE and END: whether the code before them can get there */
    uint32_t index;     /* localidx, globalidx, funcidx, labelidx, tableidx, segment; count of arms for br_table */
    uint32_t index2;    /* the second index: table of call_indirect and table.init, source of table.copy */
    uint32_t memoffset; /* memarg */
    uint64_t constant;  /* bits of a constant */
    uint32_t arms;      /* br_table: offset of its vector of label indices (arms, then the default) */
    const struct mote_blocktype *blocktype; /* block, loop, if */
};

struct mote_body {
    const struct mote_module *module;
    uint32_t funcidx;
    const struct mote_functype *type;
    const uint8_t *local_types; /* parameters, then locals */
    uint32_t local_count;
};

struct mote_emit {
    /* Each returns false when the function cannot go on; *error (with detail, or NULL) then says why. */
    bool (*begin)(struct mote_emit *emit, const struct mote_body *body);
    bool (*instr)(struct mote_emit *emit, const struct mote_instr *instr);
    bool (*end)(struct mote_emit *emit);
    enum mote_error error;
    const char *detail;
    bool wants_retry; /* set by a failing call: the body is to be gone through once more from its beginning */
};

#endif

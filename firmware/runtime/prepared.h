/* The block that mote_prepare writes and mote_module_load_prepared reads: register code, the module's vectors in their order, and at the very end
   what stands here. Nothing in it is an address; every part begins at a multiple of 4. It belongs to one build of mote, so that its
   parts are the structures themselves. */
#ifndef RUNTIME_PREPARED_H
#define RUNTIME_PREPARED_H

#include "wasm/module.h"

#define MOTE_PREPARED_MAGIC 0x65727070u /* "ppre" */

struct mote_prepared_end {
    uint32_t code_bytes; /* with the padding behind the code */
    uint32_t code_size;
    uint32_t counts[VECTOR_COUNT];
    uint32_t imported[EXTERN_KINDS];
    uint32_t data_count_declared;
    uint32_t start;
    struct mote_name names;
    uint32_t body_bytes;
    uint32_t module_bytes; /* of the module that it belongs to */
    uint32_t is_stripped;
    uint32_t is_translated; /* there is register code for every function */
    uint32_t build[2];
    uint32_t magic;
};

#endif

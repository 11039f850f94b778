/* From bytes to a module (specification, 5.5 and 3.4): sections in their order, checked for well-formedness and validity. */
#ifndef WASM_DECODE_H
#define WASM_DECODE_H

#include "wasm/module.h"

/* What is shared while a module is decoded. */
struct mote_decoder {
    struct mote_module *module;
    struct mote_reader reader; /* over the current section and what is behind it */
    uint32_t section_end;
    uint32_t bodies;           /* function bodies that the code section had */
    uint32_t datas;            /* segments that the data section had */
};

/* Decodes everything and validates all but the function bodies (wasm/validate.h). `module` has bytes, size and heap set and is otherwise zero; on failure it is half-made
   and to be given to mote_module_deinit. False: the diag says why. */
bool mote_module_decode(struct mote_module *module, struct mote_diag *diag);

/* Pieces that more than one section needs. */
uint8_t mote_decode_valtype(struct mote_reader *reader);
uint8_t mote_decode_reftype(struct mote_reader *reader);
/* A constant expression that gives `valtype`; failures are reported to the reader. */
struct mote_const_expr mote_decode_const_expr(struct mote_decoder *decoder, uint8_t valtype);

/* Sections with files of their own. */
void mote_decode_type_section(struct mote_decoder *decoder);
void mote_decode_import_section(struct mote_decoder *decoder);
void mote_decode_export_section(struct mote_decoder *decoder);
void mote_decode_element_section(struct mote_decoder *decoder);
void mote_decode_data_section(struct mote_decoder *decoder);
void mote_decode_code_section(struct mote_decoder *decoder);

/* What stands for a function, a table, a memory or a global, imported or not: into an element of its vector. */
void mote_decode_func(struct mote_decoder *decoder, void *element);
void mote_decode_table_type(struct mote_decoder *decoder, void *element);
void mote_decode_memory_type(struct mote_decoder *decoder, void *element);
void mote_decode_global_type(struct mote_decoder *decoder, void *element);
/* Fails at offset `at` when there are more tables or memories by now than there may be. */
void mote_check_multiple(struct mote_decoder *decoder, uint32_t at);

/* Adds `extra` zeroed elements to one of the module's vectors; where they begin, NULL (and reported) when there is no memory. */
void *mote_decode_extend(struct mote_decoder *decoder, enum mote_vector vector, uint32_t extra);
/* Decodes a vector: its count, then each element. */
void mote_decode_vector(struct mote_decoder *decoder, enum mote_vector vector,
                        void (*decode)(struct mote_decoder *decoder, void *element));

/* Notes that ref.func may name this function. */
void mote_declare_ref(struct mote_decoder *decoder, uint32_t funcidx);
/* The same for a funcidx that is still to be read; one that is unknown is reported at offset `at`. */
void mote_decode_declared_ref(struct mote_decoder *decoder, uint32_t at);

#endif

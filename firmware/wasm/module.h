/* A decoded module (specification, 2.5): counts and offsets into its bytes, which stay where they are. */
#ifndef WASM_MODULE_H
#define WASM_MODULE_H

#include "base/heap.h"
#include "wasm/feature.h"

#define MOTE_PAGE_BYTES 65536u

/* Implementation limits: those of the JavaScript API, on which producers rely. */
#define MOTE_PARAMS_MAX 1000u
#define MOTE_LOCALS_MAX 50000u
#define MOTE_REF_CELLS (sizeof(void *) / 4)

/* A function type. Value types are single bytes, so the module's own bytes serve as the lists. */
struct mote_functype {
    uint32_t params;  /* offset of the first parameter's type */
    uint32_t results; /* offset of the first result's type */
    uint16_t param_count;
    uint16_t result_count;
    uint16_t param_cells; /* frame cells that they take */
    uint16_t result_cells;
    uint32_t canonical; /* index of the first type of the module that equals this one */
};

struct mote_limits {
    uint32_t min;
    uint32_t max; /* UINT32_MAX without one */
    bool has_max;
};

struct mote_table_type {
    struct mote_limits limits;
    uint8_t reftype;
};

struct mote_memory_type {
    struct mote_limits limits; /* in pages of 64 KiB */
};

/* A constant expression, checked, as a range of bytes with its END. */
struct mote_const_expr {
    uint32_t at;
    uint32_t end;
};

struct mote_global_decl {
    uint8_t valtype;
    bool is_mutable;
    struct mote_const_expr init; /* at = 0 for an import */
};

struct mote_func_decl {
    uint32_t typeidx;   /* canonical: of the first type that equals the function's */
    uint32_t body;      /* offset of the body (its locals), 0 for an import */
    uint32_t body_size;
    uint32_t code;      /* where its code begins; set by the engine that takes the module */
};

enum mote_extern_kind { EXTERN_FUNC, EXTERN_TABLE, EXTERN_MEMORY, EXTERN_GLOBAL, EXTERN_KINDS };

struct mote_name {
    uint32_t at;
    uint32_t length;
};

struct mote_import {
    struct mote_name module;
    struct mote_name name;
    uint8_t kind;   /* enum mote_extern_kind */
    uint32_t index; /* in the index space of its kind */
};

struct mote_export {
    struct mote_name name;
    uint8_t kind;
    uint32_t index;
};

enum mote_segment_mode { SEGMENT_ACTIVE, SEGMENT_PASSIVE, SEGMENT_DECLARATIVE };

struct mote_elem {
    struct mote_const_expr offset;
    uint32_t table;
    uint32_t at;    /* of the first element: a funcidx each, or a const expr each */
    uint32_t count;
    uint8_t mode; /* enum mote_segment_mode */
    uint8_t reftype;
    bool is_exprs;
};

struct mote_data {
    struct mote_const_expr offset;
    uint32_t at;
    uint32_t size;
    uint8_t mode;
};

/* The vectors of which a module consists; index spaces first, numbered as their extern kinds are. */
enum mote_vector {
    VECTOR_FUNCS = EXTERN_FUNC,
    VECTOR_TABLES = EXTERN_TABLE,
    VECTOR_MEMORIES = EXTERN_MEMORY,
    VECTOR_GLOBALS = EXTERN_GLOBAL,
    VECTOR_TYPES,
    VECTOR_IMPORTS,
    VECTOR_EXPORTS,
    VECTOR_ELEMS,
    VECTOR_DATAS,
    VECTOR_COUNT
};

struct mote_module {
    struct mote_module *next; /* in the runtime's list */
    struct mote_runtime *runtime;
    struct mote_heap *heap;
    const uint8_t *bytes;
    uint32_t size;
    uint32_t holds; /* the embedder's, and one for each instance */
    bool is_unloaded;

    /* The vectors by name and by number, enum mote_vector. In index spaces imports come first. */
    union {
        struct {
            struct mote_func_decl *funcs;
            struct mote_table_type *tables;
            struct mote_memory_type *memories;
            struct mote_global_decl *globals;
            struct mote_functype *types;
            struct mote_import *imports;
            struct mote_export *exports;
            struct mote_elem *elems;
            struct mote_data *datas;
        };
        void *vectors[VECTOR_COUNT];
    };
    union {
        struct {
            uint32_t func_count, table_count, memory_count, global_count;
            uint32_t type_count, import_count, export_count, elem_count, data_count;
        };
        uint32_t counts[VECTOR_COUNT];
    };
    uint32_t imported[EXTERN_KINDS];
    uint32_t data_count_declared; /* by the data count section; UINT32_MAX without one */
    uint32_t start;               /* funcidx or UINT32_MAX */
    struct mote_name names;       /* the name section's contents, length 0 without one */
    uint8_t *declared_refs;       /* a bit per function: may be named by ref.func; only while decoding */

    bool is_stripped;             /* the function bodies have been left out: only native code can run */
    bool is_memory_fixed;         /* the native code was made for a memory that never grows */
    bool is_prepared;             /* vectors and code lie in a block that mote_prepare made, which is not ours to free or write to */

    /* Who runs it (runtime/engine.h), and what that engine keeps: the interpreter its register code, the native engine what it likes. */
    const struct mote_engine *engine;
    void *native;
    uint16_t *code;
    uint32_t code_capacity; /* in half-words */
    uint32_t code_size;     /* bytes of register code or of the native image */

    uint32_t body_bytes;
    uint64_t decode_ns, translate_ns;
};

static inline const struct mote_functype *mote_module_functype(const struct mote_module *module, uint32_t funcidx)
{
    return &module->types[module->funcs[funcidx].typeidx];
}

/* Bytes that an element of a vector takes, by enum mote_vector. */
extern const uint8_t mote_vector_sizes[VECTOR_COUNT];

/* Cells of a value of this type (a byte of the binary format); 0 when it is none. */
unsigned mote_valtype_cells(uint8_t valtype);
bool mote_is_reftype(uint8_t valtype);
/* Whether two function types, maybe of different modules, are equal. */
bool mote_functype_equal(const struct mote_module *a, const struct mote_functype *a_type, const struct mote_module *b,
                         const struct mote_functype *b_type);

/* Frees everything that the module owns, at whatever stage of being made it is. */
void mote_module_deinit(struct mote_module *module);

#endif

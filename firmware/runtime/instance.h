/* Module instances (specification, 4.2.4 and 4.5.4). Everything that belongs to an instance alone lies in one block. */
#ifndef RUNTIME_INSTANCE_H
#define RUNTIME_INSTANCE_H

#include "runtime/memory.h"
#include "runtime/table.h"

/* A function instance: one of the module's own, or a host function bound to an import. */
struct mote_func {
    struct mote_instance *instance;   /* that defines it, or whose import it satisfies */
    const struct mote_functype *type; /* of instance->module */
    const struct mote_host_func *host; /* NULL for a wasm function */
    union {
        const void *code;     /* wasm: its code, by the engine of its module */
        void *user;           /* host: its user data */
    } of;
};

struct mote_instance {
    struct mote_instance *next; /* in the runtime's list */
    struct mote_runtime *runtime;
    struct mote_module *module;
    size_t block_size;
    bool is_held;   /* by the embedder */
    bool is_marked; /* while looking for instances that nobody holds */

    struct mote_func *funcs;          /* the module's own, in order */
    struct mote_func **imports;       /* imported functions */
    struct mote_table **tables;       /* index space */
    struct mote_memory **memories;    /* index space */
    uint64_t **imported_globals;
    uint64_t *globals;                /* values of the module's own globals */
    struct mote_instance **sources;   /* per import: the instance it came from, or NULL (a host) */
    struct mote_func *host_funcs;     /* for imports that host functions satisfy */
    struct mote_table *own_tables;
    struct mote_memory *own_memories;
    uint8_t *dropped_elems, *dropped_datas; /* a bit per segment */
    uint32_t own_tables_made, own_memories_made;
};

/* The function instance at an index of the module's function index space. */
static inline struct mote_func *mote_instance_func(const struct mote_instance *instance, uint32_t funcidx)
{
    uint32_t imported = instance->module->imported[EXTERN_FUNC];
    return funcidx < imported ? instance->imports[funcidx] : &instance->funcs[funcidx - imported];
}

/* The other way round: of a function of the module, or a host function that it imports. */
static inline uint32_t mote_func_index(const struct mote_func *func)
{
    const struct mote_instance *instance = func->instance;
    return func->host ? (uint32_t)(func - instance->host_funcs) : (uint32_t)(func - instance->funcs) + instance->module->imported[EXTERN_FUNC];
}

static inline uint64_t *mote_instance_global(const struct mote_instance *instance, uint32_t globalidx)
{
    uint32_t imported = instance->module->imported[EXTERN_GLOBAL];
    return globalidx < imported ? instance->imported_globals[globalidx] : &instance->globals[globalidx - imported];
}

/* The export of this name, or NULL. */
const struct mote_export *mote_instance_find_export(const struct mote_instance *instance, const uint8_t *name,
                                                    uint32_t length);

/* Destroys the instances that nobody holds any more, directly or through imports in either direction. */
void mote_instance_collect(struct mote_runtime *runtime);

/* module_load.c: drops one hold on a module, which goes with its last. */
void mote_module_drop(struct mote_module *module);

/* link.c: resolves all imports of a new instance. */
bool mote_instance_link(struct mote_instance *instance, struct mote_diag *diag);

/* const_eval.c: the value of a checked constant expression; `*at` is where it begins and then where the next thing does. */
uint64_t mote_eval_const_expr(const struct mote_instance *instance, uint32_t *at);

/* segments.c: the active segments in their order; a trap when one does not fit. */
enum mote_trap mote_instance_run_segments(struct mote_instance *instance);
enum mote_trap mote_table_init_elems(struct mote_instance *instance, uint32_t tableidx, uint32_t elemidx, uint32_t to,
                                     uint32_t from, uint32_t count);
enum mote_trap mote_memory_init_data(struct mote_instance *instance, uint32_t dataidx, uint32_t to, uint32_t from,
                                     uint32_t count);
static inline void mote_drop_segment(uint8_t *dropped, uint32_t index)
{
    dropped[index / 8] |= (uint8_t)(1 << index % 8);
}

#endif

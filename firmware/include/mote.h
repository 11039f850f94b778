/* mote: the embedder's interface to the WebAssembly runtime (WebAssembly core specification, "Embedding").
 *
 * A runtime owns modules, instances and agents and takes all memory from one allocator. Nothing is global: two
 * runtimes in one process know nothing of each other. Except where a line says otherwise, a runtime and all that
 * belongs to it may be used by one thread at a time, and functions block for as long as the wasm code runs.
 *
 * The usual order: mote_runtime_new, (mote_host_module_register, mote_wasi_new), mote_module_load,
 * mote_instance_new, mote_agent_new, mote_find_func, mote_call; then the *_free functions in reverse or only
 * mote_runtime_free, which frees all that is left.
 */
#ifndef MOTE_H
#define MOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Words for what went wrong ---------------------------------------------------------------------------------- */

/* The input or the machine failed us; rows and texts in tables/errors.def. */
enum mote_error {
#define ERROR(name, text) MOTE_ERROR_##name,
#define BODY_ERROR(name, text) MOTE_ERROR_##name,
#define DEVICE_ERROR(name, text) MOTE_ERROR_##name,
#include "tables/errors.def"
#undef DEVICE_ERROR
#undef BODY_ERROR
#undef ERROR
};

/* The WebAssembly program failed (or ended itself: EXIT); rows and texts in tables/traps.def. */
enum mote_trap {
#define TRAP(name, text) MOTE_TRAP_##name,
#include "tables/traps.def"
#undef TRAP
};

/* The text of an error or a trap, as in the official test suite; never NULL, never freed. */
const char *mote_error_text(enum mote_error error);
const char *mote_trap_text(enum mote_trap trap);

#define MOTE_NO_INDEX UINT32_MAX

/* Why an operation failed: filled in by functions that take a `diag`; it may be NULL. */
struct mote_diag {
    enum mote_error error;
    uint32_t offset;     /* byte offset in the module, or MOTE_NO_INDEX */
    uint32_t funcidx;    /* function whose body is at fault, or MOTE_NO_INDEX */
    char message[120];   /* the error's text, then what exactly: "type mismatch: expected i32, found i64" */
};

/* ---- Memory ----------------------------------------------------------------------------------------------------- */

/* Where memory comes from. `resize` allocates (block NULL), frees (new_size 0) and resizes; sizes are in bytes and
   `old_size` is what was asked for last. Blocks are aligned to 8. Returns NULL when it cannot (the old block then
   stays as it was) and after a free. It is never called from a signal handler. */
struct mote_allocator {
    void *(*resize)(void *user, void *block, size_t old_size, size_t new_size);
    void *user;
};

/* An allocator over `size` bytes at `memory`, which stay the caller's and must outlive it; first fit, with its
   bookkeeping inside. `resize` is NULL when the pool is too small (64 bytes). */
struct mote_allocator mote_pool_allocator(void *memory, size_t size);

/* What a pool has given away, in bytes with its bookkeeping. */
struct mote_pool_usage {
    size_t total_bytes;
    size_t free_bytes; /* not always in one piece */
    size_t peak_bytes; /* the most that was ever in use at once */
};
/* False when `allocator` is not that of a pool. */
bool mote_pool_usage(const struct mote_allocator *allocator, struct mote_pool_usage *usage);

/* ---- Runtime ---------------------------------------------------------------------------------------------------- */

struct mote_runtime;
struct mote_module;
struct mote_instance;
struct mote_agent;
struct mote_func;

/* Whether the machine code that a module may bring along (docs/formats/native.md) is used. */
enum mote_native {
    MOTE_NATIVE_PREFER, /* where it fits; otherwise the module is interpreted */
    MOTE_NATIVE_ONLY,   /* a module without code that fits is refused: NATIVE_ONLY */
    MOTE_NATIVE_NEVER,
};

struct mote_runtime_options {
    struct mote_allocator allocator;
    size_t memory_limit_bytes; /* upper bound for everything the runtime takes, linear memories included; 0: none */
    uint32_t memory_limit_pages; /* upper bound for each linear memory in pages of 64 KiB; 0: none */
    enum mote_native native;
    void (*host_enter)(void); /* called before and after each host function, on the thread that calls it: for host functions that share */
    void (*host_leave)(void); /* things with other threads (hal_lock, hal_unlock); NULL: nothing */
    bool allow_unchecked; /* native code that does not keep to its memory (--bounds=mask or none) is used as well: it must be trusted */
};

/* Bytes in use now, by kind. */
struct mote_memory_usage {
    size_t module_bytes;   /* decoded modules: types, function tables, names; without register code */
    size_t code_bytes;     /* register code */
    size_t instance_bytes; /* instances without linear memory; tables */
    size_t memory_bytes;   /* linear memories, committed bytes */
    size_t stack_bytes;    /* agents' stacks */
    size_t other_bytes;    /* the runtime itself, host modules */
    size_t peak_bytes;     /* the most that was ever in use at once */
};

/* Makes a runtime. Errors: INVALID_ARGUMENT, NO_MEMORY. `*out` is NULL on error. */
enum mote_error mote_runtime_new(const struct mote_runtime_options *options, struct mote_runtime **out);

/* Frees the runtime and all that belongs to it. NULL is allowed. Must not be called from a host function. */
void mote_runtime_free(struct mote_runtime *runtime);

struct mote_memory_usage mote_runtime_usage(const struct mote_runtime *runtime);

/* ---- Modules ---------------------------------------------------------------------------------------------------- */

/* Decodes and validates a module and makes its register code. The bytes are neither copied nor written to: they stay
   the caller's and must stay as they are until the module is unloaded (a const array in flash is fine).
   When a module has native code that is not used, it is interpreted; the error is then NONE and diag->message says why in words (it
   is empty when there is nothing to say). Native code is run as it is: load it from people you trust.
   Errors: any malformed or invalid module, FEATURE_DISABLED, LIMIT, NO_MEMORY, NATIVE_ONLY. `*out` is NULL on error. */
enum mote_error mote_module_load(struct mote_runtime *runtime, const void *bytes, size_t size_bytes,
                                 struct mote_module **out, struct mote_diag *diag);

/* Only decodes and validates; keeps nothing. Same errors as mote_module_load. A firmware without the interpreter cannot look into
   function bodies: FEATURE_DISABLED then says that all the rest is good. */
enum mote_error mote_module_validate(struct mote_runtime *runtime, const void *bytes, size_t size_bytes,
                                     struct mote_diag *diag);

/* ---- Prepared modules ------------------------------------------------------------------------------------------- */

/* What loading makes of a module (its decoded tables, and register code where it is interpreted) as a block of bytes that can lie beside the
   module, in flash: loading it again then needs neither time nor RAM for it. The block has no addresses of data in it and may lie anywhere at a
   multiple of 8, but belongs to these bytes of the module and to this build of mote. docs/design/prepared.md */
struct mote_prepare;

struct mote_prepare_options {
    struct mote_runtime *runtime; /* its memory is used meanwhile: the decoded tables and the largest function */
    const void *bytes;            /* the module, where it will be when it is loaded */
    size_t size_bytes;
    /* Takes the next bytes of the block; false when it cannot (the preparation then ends with WRITE_FAILED). */
    bool (*write)(void *user, const void *data, size_t size_bytes);
    void *user;
};

/* Begins: decodes the module and chooses its engine. Errors: those of mote_module_load. `*out` is NULL on error. */
enum mote_error mote_prepare_new(const struct mote_prepare_options *options, struct mote_prepare **out, struct mote_diag *diag);
/* Validates, translates and writes the next function. `*left` is the number of functions still to come; at 0 the block is complete. After an
   error only mote_prepare_free is left. */
enum mote_error mote_prepare_step(struct mote_prepare *prepare, uint32_t *left, struct mote_diag *diag);
/* NULL is allowed. */
void mote_prepare_free(struct mote_prepare *prepare);

/* As mote_module_load, with what was prepared from the same bytes; `prepared` stays the caller's and must stay as it is until the module is
   unloaded. Error STALE_PREPARED: the block is no such block, or another build of mote made it. The contents of a block are trusted: it
   must come from mote_prepare. */
enum mote_error mote_module_load_prepared(struct mote_runtime *runtime, const void *bytes, size_t size_bytes, const void *prepared,
                                          size_t prepared_bytes, struct mote_module **out, struct mote_diag *diag);

/* Eight bytes that differ between builds whose prepared modules do. */
uint64_t mote_build_id(void);

/* Drops the caller's hold on the module: it goes when its last instance has gone. NULL is allowed. */
void mote_module_unload(struct mote_module *module);

/* Who runs the module: "native" or "interpreter"; "" for NULL. */
const char *mote_module_engine(const struct mote_module *module);

struct mote_module_sizes {
    uint32_t module_bytes;  /* the file */
    uint32_t body_bytes;    /* function bodies in it */
    uint32_t code_bytes;    /* register code made from them, or the native code that is used instead */
    uint32_t functions;     /* defined functions */
    uint64_t decode_ns;     /* time for all but the bodies */
    uint64_t translate_ns;  /* time for validating and translating the bodies, or for checking the native code */
};
struct mote_module_sizes mote_module_sizes(const struct mote_module *module);

/* ---- Values and types ------------------------------------------------------------------------------------------- */

/* Value types by their binary encoding; rows in tables/valtypes.def. */
enum mote_valtype {
#define VALTYPE(name, byte, text, letter, cells) MOTE_##name = (byte),
#include "tables/valtypes.def"
#undef VALTYPE
};
const char *mote_valtype_text(enum mote_valtype type); /* "i32"; "?" for no type */

struct mote_value {
    enum mote_valtype type;
    union {
        uint32_t i32;
        uint64_t i64;
        float f32;
        double f64;
        struct mote_func *funcref; /* NULL: ref.null func; belongs to its instance */
        void *externref;           /* NULL: ref.null extern; otherwise whatever the embedder likes */
        uint64_t bits;             /* all 8 bytes; set this to 0 before filling in a narrower member */
    } of;
};

/* ---- Host functions --------------------------------------------------------------------------------------------- */

/* What a host function is called with: valid only until it returns. */
struct mote_caller {
    struct mote_instance *instance; /* who called; NULL when the embedder called the function itself */
    struct mote_agent *agent;
    void *user;                     /* from the mote_host_func row or, if that is NULL, the module's */
};

/* `values` holds the arguments, one 8-byte element each (i32 and f32 in the low half, references as pointers), and takes
   the results; it has room for whichever are more. Returns MOTE_TRAP_NONE, or a trap that unwinds the caller. */
typedef enum mote_trap (*mote_host_fn)(struct mote_caller *caller, uint64_t *values);

struct mote_host_func {
    const char *name;
    const char *signature; /* "iI:f": letters of tables/valtypes.def, arguments ':' results */
    mote_host_fn fn;
    void *user;
};

struct mote_host_module {
    const char *name;
    const struct mote_host_func *functions; /* ends with a row whose name is NULL */
    void *user;
};

/* Offers host functions to modules instantiated later. The structure and all it points to stay the caller's and must
   outlive the runtime. A later registration of the same module name is asked first. Errors: INVALID_ARGUMENT (NULL, a
   signature that cannot be read), NO_MEMORY. */
enum mote_error mote_host_module_register(struct mote_runtime *runtime, const struct mote_host_module *module);

/* Offers the exports of `instance` under a module name to modules instantiated later; later registrations win. The
   name is copied. Errors: INVALID_ARGUMENT, NO_MEMORY. */
enum mote_error mote_instance_register(struct mote_instance *instance, const char *name);

/* ---- Instances -------------------------------------------------------------------------------------------------- */

/* Instantiates: resolves imports from what is registered, makes memories, tables and globals, runs the segments and
   the start function (on `agent`). Imported memories, tables, globals and functions are shared, not copied.
   Errors: UNKNOWN_IMPORT, IMPORT_TYPE, NO_MEMORY, LIMIT, INVALID_ARGUMENT, and TRAPPED when a segment or the start
   function trapped: mote_agent_trap(agent) then says more. `*out` is NULL on error. */
enum mote_error mote_instance_new(struct mote_module *module, struct mote_agent *agent, struct mote_instance **out,
                                  struct mote_diag *diag);

/* Drops the caller's hold. Instances that are linked by imports, in either direction, go together when none of them
   is held any more, since functions may have moved between them through tables. NULL is allowed. */
void mote_instance_free(struct mote_instance *instance);

/* The instance's first memory from `address` on, `size` bytes of it, or NULL when any of them lies outside (or there is no
   memory). The pointer is valid until wasm code runs again. */
void *mote_memory_at(struct mote_instance *instance, uint64_t address, uint64_t size);
/* Size of the instance's first memory in bytes; 0 without one. */
uint64_t mote_memory_size(const struct mote_instance *instance);

/* ---- Functions and globals -------------------------------------------------------------------------------------- */

/* An exported function by name, or NULL. It belongs to its instance. */
struct mote_func *mote_find_func(struct mote_instance *instance, const char *name);
/* The name of the i-th exported function (counted from 0, in the order of the module), not zero-terminated, or NULL past the last. */
const char *mote_export_func_name(const struct mote_instance *instance, uint32_t i, uint32_t *length);

/* That function itself (a name may hold zero bytes, which mote_find_func cannot be asked for), or NULL past the last. */
struct mote_func *mote_export_func(struct mote_instance *instance, uint32_t i);

/* The function's type: counts, and the type of parameter or result i (counted from 0; i must be in range). */
uint32_t mote_func_param_count(const struct mote_func *func);
uint32_t mote_func_result_count(const struct mote_func *func);
enum mote_valtype mote_func_param_type(const struct mote_func *func, uint32_t i);
enum mote_valtype mote_func_result_type(const struct mote_func *func, uint32_t i);

/* Reads or writes an exported global. Errors: NOT_FOUND, SIGNATURE_MISMATCH (immutable, or another type). */
enum mote_error mote_global_get(const struct mote_instance *instance, const char *name, struct mote_value *value);
enum mote_error mote_global_set(struct mote_instance *instance, const char *name, const struct mote_value *value);

/* ---- Running ---------------------------------------------------------------------------------------------------- */

/* An agent is one thread of execution: a stack for wasm frames of `stack_bytes`, and what is known of its last trap. Use each
   agent from one thread at a time. Errors: INVALID_ARGUMENT, NO_MEMORY. */
enum mote_error mote_agent_new(struct mote_runtime *runtime, size_t stack_bytes, struct mote_agent **out);
/* NULL is allowed. An agent that is running a call must not be freed. */
void mote_agent_free(struct mote_agent *agent);

/* Calls a function with `param_count` arguments; `results` takes exactly `result_count` values and both counts and all
   argument types are checked against the function's type. Host functions may call back in with the same agent.
   Errors: SIGNATURE_MISMATCH, INVALID_ARGUMENT, and TRAPPED: then mote_agent_trap(agent) says why. */
enum mote_error mote_call(struct mote_agent *agent, struct mote_func *func, const struct mote_value *params,
                          uint32_t param_count, struct mote_value *results, uint32_t result_count);

/* Stops what the agent runs, as soon as it reaches its next poll (loops and calls have one), with the given trap
   (INTERRUPTED or DEADLINE), and everything that it starts after that, until mote_agent_resume. May be called from any thread
   and from a signal handler. */
void mote_agent_interrupt(struct mote_agent *agent, enum mote_trap reason);
void mote_agent_resume(struct mote_agent *agent);
/* Whether an interrupt is waiting: host functions that block ask it at least every 5 ms. */
bool mote_agent_interrupted(const struct mote_agent *agent);

/* The trap that ended the agent's last call; MOTE_TRAP_NONE when it returned. */
enum mote_trap mote_agent_trap(const struct mote_agent *agent);

/* One frame of the call stack at the last trap, innermost first. */
struct mote_frame {
    const struct mote_instance *instance;
    uint32_t funcidx;
    uint32_t offset;         /* of the instruction, in the module's bytes, or MOTE_NO_INDEX when it is not known */
    const char *name;        /* from the name section or the exports, not zero-terminated, or NULL */
    uint32_t name_length;
};
/* Frame i (from 0) of the last trap; false past the last one recorded (Kconfig: TRAP_FRAMES_MAX). Valid as long
   as the instances live. */
bool mote_agent_frame(const struct mote_agent *agent, uint32_t i, struct mote_frame *frame);
/* How many frames there were, which may be more than are recorded. */
uint32_t mote_agent_frame_count(const struct mote_agent *agent);

#ifdef __cplusplus
}
#endif
#endif

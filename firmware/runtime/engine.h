/* What an engine provides to the runtime (it includes us, never the other way round). The build lists the engines that are in
   (registry ENGINE, native code first); each module belongs to the first one that takes it. */
#ifndef RUNTIME_ENGINE_H
#define RUNTIME_ENGINE_H

#include "runtime/agent.h"

enum mote_take { MOTE_TAKE_DONE, MOTE_TAKE_REFUSED, MOTE_TAKE_FAILED };

struct mote_engine {
    const char *name; /* "interpreter", "native" */

    /* Looks whether a decoded module is for this engine. DONE: it is, and all but what translate makes is ready to run. REFUSED: ask the
       next one; diag->message then says why in words, with no error set. FAILED: the module cannot be loaded at all, diag says why. */
    enum mote_take (*take)(struct mote_module *module, struct mote_diag *diag);
    /* Validates and translates the functions from `from` to below `to` of a module that it took: appends their code to module->code (code_size
       bytes of it are in use) and sets func_decl.code. False: diag says why. NULL: there is nothing to translate. */
    bool (*translate)(struct mote_module *module, uint32_t from, uint32_t to, struct mote_diag *diag);
    /* Frees what these made; for any module that this engine took, also a half-made one. */
    void (*release)(struct mote_module *module);
    /* A number that is another when code that was translated by another build would not run; NULL where translate is. */
    uint32_t (*fingerprint)(void);

    /* What func->of.code becomes for a function of an instance. */
    const void *(*code)(const struct mote_module *module, uint32_t funcidx);

    /* Prepares a new agent. */
    void (*agent_init)(struct mote_agent *agent);

    /* Runs a wasm function: arguments in cells at `fp`, results there afterwards. Only returns when it has returned or trapped;
       then agent->trap_pc and agent->fp say where, or its frames are on record already (agent->trap_depth). */
    enum mote_trap (*run)(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp);
    /* The machine refused an access of this engine's run and ends it after this call, which comes in a signal handler; see
       mote_memory_guarded. Sets agent->trap_pc and agent->fp, or records the frames, which are still there. May be NULL. */
    void (*abandoned)(struct mote_agent *agent, const struct hal_fault *fault);

    /* Tells the frames of a run to mote_agent_record_frame, innermost first, beginning at agent->trap_pc and agent->fp. */
    void (*record_frames)(struct mote_agent *agent, const uint8_t *entry_fp);

    /* The offset in the module's bytes of the instruction to which `pc` belongs; MOTE_NO_INDEX when that is not known. */
    uint32_t (*locate)(const struct mote_func *func, const void *pc);
};

/* module_load.c: a module to be filled in, in nobody's list. NULL: diag says why. */
struct mote_module *mote_module_begin(struct mote_runtime *runtime, const void *bytes, size_t size, struct mote_diag *diag);
/* Decodes all but the bodies. When that fails behind them, an error in one of them comes first. */
bool mote_module_decode_first(struct mote_module *module, struct mote_diag *diag);
/* Offers the module to the engines in their order; what one that refuses it has to say stays in the message when another takes it. */
bool mote_module_find_engine(struct mote_module *module, struct mote_diag *diag);
/* The module is complete: into the runtime's list, held once. */
void mote_module_publish(struct mote_module *module);
void mote_module_destroy(struct mote_module *module);

/* Every engine of the build defines its row: */
#define ENGINE(name) extern const struct mote_engine mote_engine_##name;
#include "engines.inc"
#undef ENGINE

#endif

/* The interpreter as an engine: entering and leaving runs, calls that leave the instance, call stacks. */
#include "interp/interp.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

/* Handlers are named by 32-bit addresses: a program that is linked so that they do not fit must fail to link, not to run. The linker says which
   option mends it. */
#if ENABLED(CONFIG_INTERP_HANDLER_ADDRESS) && ENABLED(CONFIG_64BIT)
__asm__(".pushsection .rodata.mote_interp_needs_no_pie, \"aR\"\n"
        ".balign 4\n"
        ".long mote_interp_dispatch\n"
        ".popsection");
#endif

/* Where a call into another instance keeps what its return needs: below the callee's frame, in the caller's. */
struct across {
    struct mote_instance *instance; /* the caller's */
    const struct mote_func *callee;
    const uint16_t *back;
} __attribute__((packed, aligned(4)));

/* Return addresses that lead out of the code of functions: a call's last field (no distance), then an operation. */
enum { STUB_EXIT = 1, STUB_ACROSS = STUB_EXIT + HANDLER_HALVES + 1 };

static void agent_init(struct mote_agent *agent)
{
    code_put_handler(agent->stubs + STUB_EXIT, CODE_EXIT);
    code_put_handler(agent->stubs + STUB_ACROSS, CODE_RETURN_ACROSS);
}

#if ACC64
bool mote_interp_same_type(const struct mote_agent *agent, const struct mote_func *func, const struct mote_functype *type)
{
    return mote_functype_equal(func->instance->module, func->type, agent->context.instance->module, type);
}
#endif

int mote_interp_no_room(const struct mote_agent *agent)
{
    return mote_agent_poll(agent) ? MOTE_TRAP_INTERRUPTED : MOTE_TRAP_CALL_STACK_EXHAUSTED;
}

/* Sets up a callee's frame: checks that it fits, stores the return address, clears the other locals. */
static const uint16_t *enter_frame(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp,
                                   const uint16_t *back)
{
    const uint16_t *code = func->of.code;
    uint8_t *limit = MOTE_LOAD_SHARED(agent->cell_limit);
    if ((uintptr_t)fp + code[HEADER_FRAME] > (uintptr_t)limit) {
        agent->trap = (enum mote_trap)mote_interp_no_room(agent);
        return NULL;
    }
    memset(fp + code[HEADER_ZERO], 0, (size_t)(code[HEADER_LINK] - code[HEADER_ZERO]));
    *(mote_link *)(void *)(fp + code[HEADER_LINK]) = back;
    agent->fp = fp;
    return code + HEADER_HALVES;
}

const uint16_t *mote_interp_call_any(struct mote_agent *agent, struct mote_func *func, uint8_t *fp, const uint16_t *back)
{
    if (func->host) {
        agent->trap = mote_call_host(agent, func, fp, agent->context.instance);
        return agent->trap ? NULL : back;
    }
    if (func->instance == agent->context.instance) {
        return enter_frame(agent, func, fp, back);
    }
    if (func->instance->module->engine != &mote_engine_interp) {
        agent->trap = mote_agent_call(agent, func, fp);
        return agent->trap ? NULL : back;
    }
    struct across across = {agent->context.instance, func, back};
    size_t params = 4u * func->type->param_cells;
    if ((size_t)(agent->stack_end - fp) < params + sizeof across) {
        agent->trap = MOTE_TRAP_CALL_STACK_EXHAUSTED;
        return NULL;
    }
    memmove(fp + sizeof across, fp, params);
    memcpy(fp, &across, sizeof across);
    uint8_t *outer_fp = agent->fp;
    const uint16_t *pc = enter_frame(agent, func, fp + sizeof across, agent->stubs + STUB_ACROSS);
    if (!pc) {
        agent->fp = outer_fp;
        return NULL;
    }
    mote_agent_enter_instance(agent, func->instance);
    return pc;
}

const uint16_t *mote_interp_return_across(struct mote_agent *agent, uint8_t *fp)
{
    struct across across;
    uint8_t *start = fp - sizeof across;
    memcpy(&across, start, sizeof across);
    memmove(start, fp, 4u * across.callee->type->result_cells);
    agent->fp = start - across.back[-1];
    mote_agent_enter_instance(agent, across.instance);
    return across.back;
}

static enum mote_trap run(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp)
{
    const uint16_t *pc = enter_frame(agent, func, fp, agent->stubs + STUB_EXIT);
    if (!pc) {
        agent->trap_pc = NULL;
        return agent->trap;
    }
    return (enum mote_trap)mote_interp_dispatch(agent, pc, fp);
}

/* The function of the instance in whose code `pc` lies: code stands in the order of the functions. */
static const struct mote_func *find_func(const struct mote_instance *instance, const uint16_t *pc)
{
    const struct mote_module *module = instance->module;
    uint32_t low = module->imported[EXTERN_FUNC], high = module->func_count;
    uint32_t at = (uint32_t)(pc - module->code);
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (module->funcs[middle].code <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return mote_instance_func(instance, low);
}

/* In functions with large frames the frame pointer is moved up around calls; what comes behind the call tells. */
static uint32_t frame_shift(const uint16_t *behind_call)
{
    return code_is(behind_call, CODE_FRAME_DOWN) ? code_get_u32(behind_call + HANDLER_HALVES) : 0;
}

/* The same for the operation that trapped: a call that did not come about, or a helper. */
static uint32_t trap_shift(const uint16_t *pc)
{
    static const struct {
        uint16_t code;
        uint8_t fields;
    } moved[] = {{CODE_CALL, 2}, {CODE_CALL_FAR, 3}, {CODE_CALL_IMPORT, 3}, {CODE_CALL_INDIRECT_S, 5}, {CODE_HELPER, 6}};
    for (size_t i = 0; i < MOTE_COUNT(moved); i++) {
        if (code_is(pc, (enum code)moved[i].code)) {
            return frame_shift(pc + HANDLER_HALVES + moved[i].fields);
        }
    }
    return 0;
}

static void record_frames(struct mote_agent *agent, const uint8_t *entry_fp)
{
    const struct mote_instance *instance = agent->context.instance;
    const uint16_t *pc = agent->trap_pc;
    const uint8_t *fp = agent->fp;
    if (!pc) {
        return;
    }
    fp -= trap_shift(pc);
    for (;;) {
        const struct mote_func *func = find_func(instance, pc);
        mote_agent_record_frame(agent, func, pc);
        const uint16_t *back = *(const mote_link *)(const void *)(fp + ((const uint16_t *)func->of.code)[HEADER_LINK]);
        if (fp == entry_fp || back == agent->stubs + STUB_EXIT) {
            return;
        }
        if (back == agent->stubs + STUB_ACROSS) {
            struct across across;
            memcpy(&across, fp - sizeof across, sizeof across);
            instance = across.instance;
            back = across.back;
            fp -= sizeof across;
        }
        fp -= back[-1];
        fp -= frame_shift(back);
        pc = back - 1;
    }
}

static enum mote_take take(struct mote_module *module, struct mote_diag *diag)
{
    if (module->is_stripped || module->runtime->native == MOTE_NATIVE_ONLY) {
        return MOTE_TAKE_REFUSED;
    }
    (void)diag;
    return MOTE_TAKE_DONE;
}

/* Of all that stands for a handler in code, and of what functions are called by. */
static uint32_t fingerprint(void)
{
    uint32_t hash = sizeof(struct mote_func);
    for (uint32_t code = 0; code < CODE_COUNT; code++) {
        hash = (hash ^ mote_interp_handler((enum code)code)) * 0x01000193u;
    }
    return hash;
}

static void release(struct mote_module *module)
{
    if (!module->is_prepared) {
        mote_heap_free(module->heap, MOTE_HEAP_CODE, module->code, module->code_capacity * sizeof *module->code);
    }
}

static const void *code(const struct mote_module *module, uint32_t funcidx)
{
    return module->code + module->funcs[funcidx].code;
}

const struct mote_engine mote_engine_interp = {
    .name = "interpreter",
    .take = take,
    .translate = mote_interp_translate,
    .fingerprint = fingerprint,
    .release = release,
    .code = code,
    .agent_init = agent_init,
    .run = run,
    .record_frames = record_frames,
    .locate = mote_interp_locate,
};

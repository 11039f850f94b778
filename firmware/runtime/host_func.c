/* Host functions: signatures, and the passage of arguments and results between cells and 8-byte values; see host_func.h. */
#include "runtime/host_func.h"
#include "base/bits.h"
#include "runtime/agent.h"
#include "runtime/runtime.h"

static uint8_t letter_type(char letter)
{
    switch (letter) {
#define VALTYPE(name, byte, text, letter, cells) \
    case letter:                                 \
        return byte;
#include "tables/valtypes.def"
#undef VALTYPE
    default:
        return 0;
    }
}

bool mote_signature_is_valid(const char *signature)
{
    unsigned colons = 0;
    if (!signature) {
        return false;
    }
    for (; *signature; signature++) {
        if (*signature == ':') {
            colons++;
        } else if (letter_type(*signature) == 0) {
            return false;
        }
    }
    return colons == 1;
}

/* Compares letters up to `end` with value types; the rest of the signature behind `end`, NULL when they differ. */
static const char *match_types(const char *signature, char end, const uint8_t *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++, signature++) {
        if (*signature == end || letter_type(*signature) != types[i]) {
            return NULL;
        }
    }
    return *signature == end ? signature + (end != '\0') : NULL;
}

bool mote_signature_equals(const char *signature, const struct mote_module *module, const struct mote_functype *type)
{
    const char *results = match_types(signature, ':', module->bytes + type->params, type->param_count);
    return results && match_types(results, '\0', module->bytes + type->results, type->result_count);
}

static void load_values(const uint8_t *cells, const uint8_t *types, uint32_t count, uint64_t *values)
{
    for (uint32_t i = 0; i < count; i++) {
        bool is_wide = mote_valtype_cells(types[i]) == 2;
        values[i] = is_wide ? *(const mote_u64_cell *)cells : *(const mote_u32_cell *)cells;
        cells += is_wide ? 8 : 4;
    }
}

static void store_values(uint8_t *cells, const uint8_t *types, uint32_t count, const uint64_t *values)
{
    for (uint32_t i = 0; i < count; i++) {
        if (mote_valtype_cells(types[i]) == 2) {
            *(mote_u64_cell *)cells = values[i];
            cells += 8;
        } else {
            *(mote_u32_cell *)cells = (uint32_t)values[i];
            cells += 4;
        }
    }
}

enum mote_trap mote_call_host(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp,
                              struct mote_instance *caller)
{
    const struct mote_functype *type = func->type;
    const uint8_t *bytes = func->instance->module->bytes;
    uint32_t cells = type->param_cells > type->result_cells ? type->param_cells : type->result_cells;
    uint32_t count = type->param_count > type->result_count ? type->param_count : type->result_count;
    uint64_t *values = (uint64_t *)mote_align_up((uintptr_t)(fp + 4 * cells), 8);
    uint8_t *top = (uint8_t *)(values + count);
    if (top > agent->stack_end) {
        return MOTE_TRAP_CALL_STACK_EXHAUSTED;
    }
    load_values(fp, bytes + type->params, type->param_count, values);
    uint8_t *outer_top = agent->top;
    agent->top = top;
    struct mote_caller context = {caller, agent, func->of.user};
    agent->runtime->host_enter();
    enum mote_trap trap = func->host->fn(&context, values);
    agent->runtime->host_leave();
    agent->top = outer_top;
    if (caller) {
        agent->trap_depth = 0; /* a trap that it passes on is recorded anew, from here outwards */
    }
    if (trap == MOTE_TRAP_NONE) {
        store_values(fp, bytes + type->results, type->result_count, values);
    }
    return trap;
}

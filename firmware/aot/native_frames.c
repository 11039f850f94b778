/* Call stacks of native code: from a place in an image to the calls that led there, by the section's table of frames; and from places to
   instructions of the module, by its table of lines. The tables are not trusted: every step stays inside the run's stack and its image. */
#include "aot/native_frames.h"
#include "base/bits.h"
#include "base/reader.h"
#include "runtime/engine.h"

#define WORD sizeof(uintptr_t)

static const struct mote_native_code *native_of(const struct mote_agent *agent)
{
    return agent->context.instance->module->native;
}

/* The row of `codes` to which the instruction before `pc` belongs, NATIVE_NONE outside of the image. */
static uint32_t find_code(const struct mote_native_code *native, uintptr_t pc)
{
    const struct mote_native_header *header = native->header;
    const mote_u32_cell *codes = mote_native_part(header, header->codes_at);
    uintptr_t at = pc - 1 - (uintptr_t)native->image;
    uint32_t low = 0, high = header->code_count;
    if (at >= header->image_size || high == 0 || at < codes[0]) {
        return NATIVE_NONE;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (codes[middle] <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct mote_native_frame frame_of(const struct mote_native_code *native, uint32_t code)
{
    const struct mote_native_frame *frames = mote_native_part(native->header, native->header->frames_at);
    return native->header->frames_at ? frames[code] : (struct mote_native_frame){0, 0};
}

/* Thunks are told to nobody. */
static void record(struct mote_agent *agent, uint32_t code, uintptr_t pc)
{
    if (code < native_of(agent)->header->func_count) {
        mote_agent_record_frame(agent, &agent->context.instance->funcs[code], (const void *)pc);
    }
}

/* Whether `pc` can be where a call returns to: a place in a code, but not its first, which pointers to functions hold. */
static bool is_return(const struct mote_native_code *native, uintptr_t pc)
{
    const mote_u32_cell *codes = mote_native_part(native->header, native->header->codes_at);
    uint32_t code = find_code(native, pc);
    return code != NATIVE_NONE && (code + 1 == native->header->code_count || codes[code + 1] != pc - (uintptr_t)native->image);
}

/* Whether a function that faulted had made its frame. Compilers make it as late as they can, often only on the way to a trap; then what
   would be the return address is something else. */
static bool has_frame(const struct mote_agent *agent, const struct mote_native_code *native, uint32_t code, const struct hal_fault *fault)
{
    struct mote_native_frame frame = frame_of(native, code);
    uintptr_t end = agent->entry->machine_sp;
    if (frame.size == 0 || frame.return_down == 0 || frame.return_down > frame.size || fault->sp >= end ||
        frame.size * WORD > end - fault->sp) {
        return false;
    }
    return is_return(native, *(const uintptr_t *)(fault->sp + (frame.size - frame.return_down) * WORD) & ~(uintptr_t)CPU_THUMB);
}

void mote_native_begin_at(struct mote_agent *agent, const struct hal_fault *fault)
{
    const struct mote_native_code *native = native_of(agent);
    uintptr_t pc = fault->pc + 1; /* as if it were a call that has just been made */
    uint32_t code = find_code(native, pc);
    if (code == NATIVE_NONE) {
        return; /* in a helper: its call has been noted */
    }
    agent->trap_pc = (const void *)pc;
    agent->fp = (uint8_t *)fault->sp;
    if (!has_frame(agent, native, code, fault)) {
        record(agent, code, pc);
        agent->trap_pc = (const void *)(CPU_X86_64 ? *(const uintptr_t *)fault->sp : fault->link);
        agent->fp += CPU_X86_64 ? WORD : 0;
    }
}

/* Where the stack of a run ends. */
static uintptr_t stack_end(const struct mote_agent *agent, const uint8_t *entry_fp)
{
    const struct mote_entry *entry = agent->entry;
    while (entry->fp != entry_fp) {
        entry = entry->outer;
    }
    return entry->machine_sp;
}

void mote_native_record_frames(struct mote_agent *agent, const uint8_t *entry_fp)
{
    const struct mote_native_code *native = native_of(agent);
    uintptr_t sp = (uintptr_t)agent->fp, end = stack_end(agent, entry_fp), pc = (uintptr_t)agent->trap_pc & ~(uintptr_t)CPU_THUMB;
    uint32_t code;
    while (agent->trap_pc && (code = find_code(native, pc)) != NATIVE_NONE) {
        record(agent, code, pc);
        struct mote_native_frame frame = frame_of(native, code);
        if (sp >= end || frame.size * WORD > end - sp || frame.return_down == 0 || frame.return_down > frame.size) {
            return;
        }
        sp += frame.size * WORD;
        pc = *(const uintptr_t *)(sp - frame.return_down * WORD) & ~(uintptr_t)CPU_THUMB;
    }
}

uint32_t mote_native_locate(const struct mote_func *func, const void *pc)
{
    const struct mote_module *module = func->instance->module;
    const struct mote_native_code *native = module->native;
    const struct mote_native_header *header = native->header;
    uintptr_t at = (uintptr_t)pc - (uintptr_t)native->image - 1;
    if (at >= header->image_size) {
        return module->funcs[mote_func_index(func)].body + (uint32_t)(at - header->image_size); /* TRAP was told the offset in the body */
    }
    uint32_t begin = (uint32_t)((const uint8_t *)mote_native_part(header, header->lines_at) - module->bytes);
    struct mote_diag unwanted = {.error = MOTE_ERROR_NONE};
    struct mote_reader reader = mote_reader_over(module->bytes, begin, begin + header->lines_size, &unwanted);
    uint32_t address = 0, offset = 0;
    while (reader.at < reader.end) {
        address += mote_read_u32_leb(&reader);
        if (address > at) {
            break;
        }
        offset += (uint32_t)mote_read_s32_leb(&reader);
    }
    return offset ? offset : MOTE_NO_INDEX;
}

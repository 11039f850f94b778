/* Native code as an engine (runtime/engine.h): takes the modules that bring code for this CPU and keeps two pointers for each. The code is
   executed where it lies; there is nothing to relocate. */
#include "aot/native.h"
#include "base/diag.h"
#include "base/text.h"
#include "hal/code.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"

static void release(struct mote_module *module)
{
    struct mote_native_code *native = module->native;
    if (native) {
        const struct mote_native_header *header = native->header;
        hal_code_close(native->image, mote_native_part(header, header->image_at), header->image_size);
        mote_heap_free(module->heap, MOTE_HEAP_MODULE, native, sizeof *native);
        module->native = NULL;
    }
}

/* Makes the code executable; on refusal the message says why not. */
static bool open_code(struct mote_native_code *native, struct mote_diag *diag)
{
    const struct mote_native_header *header = native->header;
    native->image = hal_code_open(mote_native_part(header, header->image_at), header->image_size);
    bool is_aligned = header->image_align == 0 || ((uintptr_t)native->image & (header->image_align - 1)) == 0;
    if (native->image && is_aligned) {
        return true;
    }
    struct mote_text why = mote_text_begin(diag->message, sizeof diag->message);
    if (!native->image) {
        mote_text_string(&why, "native section: this machine does not execute code from there");
    } else {
        mote_text_string(&why, "native section: its code must lie at a multiple of ");
        mote_text_decimal(&why, header->image_align);
    }
    return false;
}

static enum mote_take take(struct mote_module *module, struct mote_diag *diag)
{
    const struct mote_native_header *header = mote_native_find(module, diag);
    if (module->runtime->native == MOTE_NATIVE_NEVER) {
        diag->message[0] = '\0';
        header = NULL;
    }
    if (!header) {
        return MOTE_TAKE_REFUSED;
    }
    struct mote_native_code *native = mote_heap_new(module->heap, MOTE_HEAP_MODULE, sizeof *native);
    if (!native) {
        mote_diag_fail(diag, MOTE_ERROR_NO_MEMORY, MOTE_NO_INDEX, NULL);
        return MOTE_TAKE_FAILED;
    }
    native->header = header;
    module->native = native;
    if (!open_code(native, diag)) {
        release(module);
        return MOTE_TAKE_REFUSED;
    }
    if (header->stack_bytes > module->runtime->native_frame_bytes) {
        module->runtime->native_frame_bytes = header->stack_bytes;
    }
    module->code_size = header->image_size;
    module->is_memory_fixed = (header->flags & NATIVE_FLAG_FIXED_MEMORY) != 0;
    return MOTE_TAKE_DONE;
}

static const void *code(const struct mote_module *module, uint32_t funcidx)
{
    const struct mote_native_code *native = module->native;
    const mote_u32_cell *codes = mote_native_part(native->header, native->header->codes_at);
    return native->image + codes[funcidx - module->imported[EXTERN_FUNC]] + CPU_THUMB; /* an odd address means Thumb */
}

static void agent_init(struct mote_agent *agent)
{
    agent->context.helpers = mote_native_helpers;
}

const struct mote_engine mote_engine_native = {
    .name = "native",
    .take = take,
    .release = release,
    .code = code,
    .agent_init = agent_init,
    .run = mote_native_run,
    .abandoned = mote_native_abandoned,
    .record_frames = mote_native_record_frames,
    .locate = mote_native_locate,
};

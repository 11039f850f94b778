/* Errors, traps and statistics for people; see motert_report.h. Nothing that a module says reaches the terminal unescaped. */
#include "motert_report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "motert_options.h"

#define NAME_SHOWN 160

void motert_report_name(FILE *to, const char *name, size_t length)
{
    for (size_t i = 0; i < length && i < NAME_SHOWN; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c >= 0x20 && c <= 0x7E && c != '\\') {
            fputc(c, to);
        } else {
            fprintf(to, "\\x%02x", c);
        }
    }
    if (length > NAME_SHOWN) {
        fputs("...", to);
    }
}

/* errors.def lists them in this order: the machine's, malformed, invalid, unlinkable. */
static const char *kind_of(enum mote_error error)
{
    if (error >= MOTE_ERROR_UNKNOWN_IMPORT) {
        return "does not link: ";
    }
    if (error >= MOTE_ERROR_TYPE_MISMATCH) {
        return "invalid: ";
    }
    return error >= MOTE_ERROR_UNEXPECTED_END ? "malformed: " : "";
}

static const char *remedy_of(enum mote_error error)
{
    switch (error) {
    case MOTE_ERROR_NO_MEMORY:
        return "; give it more with --memory-limit";
    case MOTE_ERROR_FEATURE_DISABLED:
        return "; switch it on with scons menuconfig, or compile the module without it";
    case MOTE_ERROR_NATIVE_ONLY:
        return "; make some with mote aot";
    case MOTE_ERROR_BAD_MAGIC:
        return "; this is not a .wasm file";
    default:
        return "";
    }
}

void motert_report_error(const char *file, enum mote_error error, const struct mote_diag *diag)
{
    const char *message = diag->message[0] ? diag->message : mote_error_text(error);
    fprintf(stderr, "%s: %s%s", file, kind_of(error), message);
    if (diag->offset != MOTE_NO_INDEX) {
        fprintf(stderr, " (offset 0x%" PRIx32, diag->offset);
        if (diag->funcidx != MOTE_NO_INDEX) {
            fprintf(stderr, ", function %" PRIu32, diag->funcidx);
        }
        fputc(')', stderr);
    }
    fprintf(stderr, "%s\n", remedy_of(error));
}

static void report_frame(uint32_t i, const struct mote_frame *frame)
{
    fprintf(stderr, "  at #%" PRIu32 " func %" PRIu32, i, frame->funcidx);
    if (frame->name) {
        fputs(" `", stderr);
        motert_report_name(stderr, frame->name, frame->name_length);
        fputc('`', stderr);
    }
    if (frame->offset != MOTE_NO_INDEX) {
        fprintf(stderr, " (offset 0x%" PRIx32 ")", frame->offset);
    }
    fputc('\n', stderr);
}

static int status_of(enum mote_trap trap)
{
    switch (trap) {
    case MOTE_TRAP_DEADLINE:
        return MOTERT_DEADLINE;
    case MOTE_TRAP_INTERRUPTED:
        return MOTERT_INTERRUPTED;
    default:
        return MOTERT_TRAPPED;
    }
}

int motert_report_trap(const char *file, const struct mote_agent *agent)
{
    struct mote_frame frame;
    uint32_t shown = 0;
    enum mote_trap trap = mote_agent_trap(agent);
    fprintf(stderr, "motert: %s: trap: %s\n", file, mote_trap_text(trap));
    while (mote_agent_frame(agent, shown, &frame)) {
        report_frame(shown++, &frame);
    }
    uint32_t total = mote_agent_frame_count(agent);
    if (total > shown) {
        fprintf(stderr, "  ... and %" PRIu32 " more\n", total - shown);
    }
    return status_of(trap);
}

static void report_time(const char *what, uint64_t time_ns, uint32_t bytes)
{
    fprintf(stderr, "  %-26s %10.3f ms", what, (double)time_ns / 1e6);
    if (bytes > 0 && time_ns > 0) {
        fprintf(stderr, "   %.1f MB/s", (double)bytes * 1e3 / (double)time_ns);
    }
    fputc('\n', stderr);
}

static void report_bytes(const char *what, uint64_t bytes)
{
    fprintf(stderr, "  %-26s %10" PRIu64 " bytes\n", what, bytes);
}

static void report_module(const struct mote_module *module)
{
    struct mote_module_sizes all = mote_module_sizes(module), *sizes = &all;
    const char *engine = mote_module_engine(module);
    bool is_native = strcmp(engine, "native") == 0;
    fprintf(stderr, "module: %" PRIu32 " functions, engine: %s\n", sizes->functions, engine);
    report_bytes("file", sizes->module_bytes);
    report_bytes("function bodies", sizes->body_bytes);
    fprintf(stderr, "  %-26s %10" PRIu32 " bytes", is_native ? "native code" : "register code", sizes->code_bytes);
    if (sizes->body_bytes > 0) {
        fprintf(stderr, "   %.2f times the bodies", (double)sizes->code_bytes / sizes->body_bytes);
    }
    fputs("\ntime\n", stderr);
    report_time("decode", sizes->decode_ns, 0);
    report_time(is_native ? "check native code" : "validate and translate", sizes->translate_ns, sizes->body_bytes);
}

void motert_report_stats(const struct mote_runtime *runtime, const struct mote_module *module, const struct motert_times *times)
{
    struct mote_memory_usage usage = mote_runtime_usage(runtime);
    if (module) {
        report_module(module);
        report_time("instantiate", times->instantiate_ns, 0);
        report_time("run", times->run_ns, 0);
    } else {
        fputs("time\n", stderr);
        report_time("decode and validate", times->load_ns, 0);
    }
    fputs("RAM\n", stderr);
    report_bytes("module", usage.module_bytes);
    report_bytes("register code", usage.code_bytes);
    report_bytes("instance and tables", usage.instance_bytes);
    report_bytes("linear memory", usage.memory_bytes);
    report_bytes("stack", usage.stack_bytes);
    report_bytes("other", usage.other_bytes);
    report_bytes("peak", usage.peak_bytes);
}

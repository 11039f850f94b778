/* The inside of a run: a runtime of its own with a quota, the module, an agent, WASI where the module imports something, and a thread that makes the
   instance and calls _start. The main thread loads, the run's thread instantiates: start functions may do anything. */
#include "app/app_state.h"
#include "base/bits.h"
#include "base/diag.h"
#include "base/text.h"
#include "hal/clock.h"
#include "host/wasi/vfs.h"
#include "runtime/engine.h"
#include "runtime/runtime.h"
#include "wasm/module.h"

#define INSTANCE_WAIT_MS 20
#define STACK_ALIGN 16

/* What WASI is told; it keeps pointers to it. The arguments' texts lie behind it. */
struct mote_app_host {
    uint32_t size_bytes;
    struct mote_wasi_streams streams;
    struct mote_wasi_preopen preopen;
    char path[6 + MOTE_STORE_NAME_BYTES]; /* "/apps/" and the name */
    const char *args[];
};

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Some memory is left alone, so that the device stays reachable. */
static void *run_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    struct mote_app *app = user;
    struct mote_pool_usage usage;
    hal_lock();
    bool is_allowed = new_size <= old_size || !mote_pool_usage(&app->options.allocator, &usage) ||
                      (usage.free_bytes > CONFIG_APP_RESERVE_BYTES && new_size - old_size <= usage.free_bytes - CONFIG_APP_RESERVE_BYTES);
    void *moved = is_allowed ? app->options.allocator.resize(app->options.allocator.user, block, old_size, new_size) : NULL;
    hal_unlock();
    return moved;
}

struct mote_allocator mote_app_run_allocator(struct mote_app *app)
{
    return (struct mote_allocator){run_resize, app};
}

/* Of the runtime, which everything comes from but for the first few bytes and the rings: a reader and the run itself fill these. Where linear memories
   do not come from the allocator they are bounded as if they did. */
static size_t quota_of(const struct mote_app_slot *slot, const struct mote_manifest *manifest)
{
    struct mote_pool_usage usage;
    size_t quota = manifest->memory_bytes;
    if (quota > 0) {
        size_t others = sizeof *slot->live + slot->arg_bytes + slot->output_bytes * (slot->is_attached ? 3 : 1);
        return quota > others ? quota - others : 1;
    }
    return mote_pool_usage(&slot->live->app->options.allocator, &usage) ? usage.free_bytes : 0;
}

/* ---- The run's thread -------------------------------------------------------------------------------------------- */

static void instantiate(struct mote_app_live *live)
{
    struct mote_diag diag;
    mote_diag_init(&diag);
    enum mote_error error = mote_instance_new(live->module, live->agent, &live->instance, &diag);
    hal_lock();
    live->error = error;
    live->phase = error == MOTE_ERROR_NONE || error == MOTE_ERROR_TRAPPED ? PHASE_RUNNING : PHASE_REFUSED;
    if (live->diag) {
        *live->diag = diag;
    }
    hal_thread_wake();
    hal_unlock();
}

static void run_thread(void *user)
{
    struct mote_app_live *live = user;
    instantiate(live);
    if (live->error == MOTE_ERROR_NONE) {
        live->error = mote_call(live->agent, mote_find_func(live->instance, "_start"), NULL, 0, NULL, 0);
    }
}

/* ---- Making it --------------------------------------------------------------------------------------------------- */

static enum mote_error make_runtime(struct mote_app_live *live, const struct mote_manifest *manifest, struct mote_diag *diag)
{
    struct mote_runtime_options options = {
        .allocator = mote_app_run_allocator(live->app),
        .memory_limit_bytes = quota_of(live->slot, manifest),
        .native = live->slot->is_interpreted ? MOTE_NATIVE_NEVER : MOTE_NATIVE_PREFER,
        .host_enter = hal_lock,
        .host_leave = hal_unlock,
    };
    enum mote_error error = mote_runtime_new(&options, &live->runtime);
    return error == MOTE_ERROR_NONE ? error : mote_app_fail(diag, error, NULL);
}

/* From what is prepared of it; where there is no such thing, or not for this engine, everything is made in RAM. */
static enum mote_error load(struct mote_app_live *live, const struct mote_app_source *source, struct mote_diag *diag)
{
    enum mote_error error = MOTE_ERROR_STALE_PREPARED;
    if (source->prepared) {
        error = mote_module_load_prepared(live->runtime, source->bytes, source->size_bytes, source->prepared, source->prepared_bytes,
                                          &live->module, diag);
        live->prepared = error == MOTE_ERROR_NONE ? source->prepared_record : 0;
    }
    if (error == MOTE_ERROR_STALE_PREPARED) {
        mote_app_feed_watchdog(live->app); /* this takes long */
        error = mote_module_load(live->runtime, source->bytes, source->size_bytes, &live->module, diag);
    }
    live->slot->engine = error == MOTE_ERROR_NONE ? mote_module_engine(live->module) : "";
    return error;
}

static bool is_named(const struct mote_module *module, struct mote_name name, const char *text)
{
    uint32_t length = (uint32_t)mote_string_length(text);
    return name.length >= length && memcmp(module->bytes + name.at, text, length) == 0;
}

/* The module must be a program: it exports a function "_start" without parameters and results. */
static enum mote_error check_start(const struct mote_module *module, struct mote_diag *diag)
{
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct mote_export *export = &module->exports[i];
        if (export->kind == EXTERN_FUNC && export->name.length == 6 && is_named(module, export->name, "_start")) {
            const struct mote_functype *type = mote_module_functype(module, export->index);
            bool is_plain = type->param_count == 0 && type->result_count == 0;
            return is_plain ? MOTE_ERROR_NONE : mote_app_fail(diag, MOTE_ERROR_SIGNATURE_MISMATCH, "_start takes and gives nothing");
        }
    }
    return mote_app_fail(diag, MOTE_ERROR_NOT_FOUND, "the module exports no _start: it is a library, not a program");
}

/* Whether it imports one of WASI's functions on paths: without any no file can be opened. */
static bool uses_files(const struct mote_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        if (module->imports[i].kind == EXTERN_FUNC && is_named(module, module->imports[i].name, "path_")) {
            return true;
        }
    }
    return false;
}

/* ---- What WASI is told ------------------------------------------------------------------------------------------- */

/* The arguments that were given, or else the manifest's; the i-th as a text of `size` bytes without its zero byte. */
struct arguments {
    const char *given;
    uint32_t given_count, i;
    struct mote_cbor_reader items;
};

static struct arguments arguments_of(const struct mote_app_slot *slot, const struct mote_manifest *manifest)
{
    return (struct arguments){slot->args, slot->arg_count, 0, manifest->args.items};
}

static bool next_argument(struct arguments *arguments, const char **text, size_t *size)
{
    if (arguments->given) {
        *text = arguments->given;
        *size = mote_string_length(arguments->given);
        arguments->given += *size + 1;
        return arguments->i++ < arguments->given_count;
    }
    struct mote_cbor_item item = arguments->items.at ? mote_cbor_next(&arguments->items) : (struct mote_cbor_item){.kind = MOTE_CBOR_END};
    *text = (const char *)item.bytes;
    *size = item.size;
    return item.kind == MOTE_CBOR_TEXT;
}

/* The directory that the module sees as its root. */
static void offer_files(struct mote_app *app, struct mote_app_host *host, const char *name, const struct mote_manifest *manifest)
{
    struct mote_text path = mote_text_begin(host->path, sizeof host->path);
    host->preopen = (struct mote_wasi_preopen){"/", host->path, manifest->files == MOTE_FILES_READ};
    if (manifest->files != MOTE_FILES_OWN) {
        mote_text_string(&path, "/");
        return;
    }
    mote_text_string(&path, "/apps");
    app->options.files->ops->make_dir(app->options.files, host->path);
    mote_text_string(&path, "/");
    mote_text_string(&path, name);
    app->options.files->ops->make_dir(app->options.files, host->path);
}

/* Copies the arguments behind the list of them. */
static struct mote_app_host *make_host(struct mote_app_live *live, const struct mote_manifest *manifest, uint32_t *arg_count)
{
    struct arguments arguments = arguments_of(live->slot, manifest);
    const char *text;
    size_t size, bytes = 0;
    *arg_count = 1;
    for (; next_argument(&arguments, &text, &size); bytes += size + 1) {
        ++*arg_count;
    }
    size_t all = sizeof(struct mote_app_host) + *arg_count * sizeof(char *) + bytes;
    struct mote_app_host *host = mote_runtime_alloc(live->runtime, all);
    if (!host) {
        return NULL;
    }
    host->size_bytes = (uint32_t)all;
    host->args[0] = live->slot->name;
    char *to = (char *)&host->args[*arg_count];
    arguments = arguments_of(live->slot, manifest);
    for (uint32_t i = 1; next_argument(&arguments, &text, &size); i++) {
        memcpy(to, text, size); /* the block is of zeros */
        host->args[i] = to;
        to += size + 1;
    }
    return host;
}

static enum mote_error offer_wasi(struct mote_app_live *live, const struct mote_manifest *manifest, struct mote_diag *diag)
{
    uint32_t arg_count;
    if (live->module->imported[EXTERN_FUNC] == 0) {
        return MOTE_ERROR_NONE;
    }
    struct mote_app_host *host = live->host = make_host(live, manifest, &arg_count);
    if (!host) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    host->streams = (struct mote_wasi_streams){mote_app_read_stream, mote_app_write_stream, mote_app_is_terminal, live->slot};
    struct mote_wasi_options options = {.args = host->args, .arg_count = arg_count, .streams = &host->streams};
    if (live->app->options.files && manifest->files != MOTE_FILES_NONE && uses_files(live->module)) {
        offer_files(live->app, host, live->slot->name, manifest);
        options.files = live->app->options.files;
        options.preopens = &host->preopen;
        options.preopen_count = 1;
    }
    enum mote_error error = mote_wasi_new(live->runtime, &options, &live->wasi);
    return error == MOTE_ERROR_NONE ? error : mote_app_fail(diag, error, NULL);
}

/* ---- Starting ---------------------------------------------------------------------------------------------------- */

/* What the firmware itself needs, and more if the manifest says so: a host function that runs out of it would end the firmware, not the module. Native
   code goes as deep as the wasm stack is large and leaves room for most host functions by itself; below it there must be room for files. */
static uint32_t machine_stack_of(const struct mote_app_live *live, const struct mote_manifest *manifest)
{
    uint32_t least = CONFIG_APP_MACHINE_STACK_BYTES, native = CONFIG_APP_NATIVE_STACK_BYTES;
    if (uses_files(live->module)) {
        least += CONFIG_APP_FILES_STACK_BYTES;
        native = native > manifest->stack_bytes ? native : manifest->stack_bytes;
    }
    if (live->module->engine->translate == NULL) { /* native code */
        least += native;
    }
    return manifest->machine_stack_bytes > least ? manifest->machine_stack_bytes : least;
}

static enum mote_error start_thread(struct mote_app_live *live, const struct mote_manifest *manifest, struct mote_diag *diag)
{
    uint32_t size = machine_stack_of(live, manifest) + (uint32_t)hal_thread_own_bytes();
    live->stack_bytes = size + STACK_ALIGN;
    live->stack = mote_runtime_alloc(live->runtime, live->stack_bytes);
    if (!live->stack) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, "for the machine's stack");
    }
    uintptr_t start = mote_align_up((uintptr_t)live->stack, STACK_ALIGN);
    live->diag = diag;
    live->thread = hal_thread_start((void *)start, size, run_thread, live);
    if (!live->thread) {
        return mote_app_fail(diag, MOTE_ERROR_TOO_MANY, "no thread is free, or its stack is too small");
    }
    hal_thread_name(live->thread, live->slot->name);
    return MOTE_ERROR_NONE;
}

static enum mote_error prepare(struct mote_app_live *live, const struct mote_app_source *source, const struct mote_manifest *manifest,
                               struct mote_diag *diag)
{
    enum mote_error error = make_runtime(live, manifest, diag);
    error = error ? error : load(live, source, diag);
    error = error ? error : check_start(live->module, diag);
    if (!error) {
        error = mote_agent_new(live->runtime, manifest->stack_bytes, &live->agent);
        error = error ? mote_app_fail(diag, error, "for the stack") : error;
    }
    error = error ? error : offer_wasi(live, manifest, diag);
    return error ? error : start_thread(live, manifest, diag);
}

/* Until there is an instance or a reason why not, but not for long: a start function runs by itself. The others run meanwhile. */
static enum mote_error wait_for_instance(struct mote_app_live *live)
{
    for (unsigned i = 0; i < INSTANCE_WAIT_MS && live->phase == PHASE_INSTANTIATING &&
                         hal_thread_state(live->thread, NULL) == HAL_THREAD_RUNS; i++) {
        hal_clock_sleep_ns(1000000);
    }
    live->diag = NULL;
    return live->phase == PHASE_REFUSED ? live->error : MOTE_ERROR_NONE;
}

enum mote_error mote_app_execute(struct mote_app *app, struct mote_app_slot *slot, const struct mote_app_source *source,
                                 const struct mote_manifest *manifest, struct mote_diag *diag)
{
    struct mote_app_live *live = mote_app_alloc(app, sizeof *live);
    if (!live) {
        return mote_app_fail(diag, MOTE_ERROR_NO_MEMORY, NULL);
    }
    slot->live = live;
    live->app = app;
    live->slot = slot;
    live->package = source->package.sequence;
    memcpy(live->sha256, source->sha256, sizeof live->sha256);
    if (source->ram) {
        live->ram = source->ram;
        mote_app_hold_ram(source->ram);
    }
    enum mote_error error = prepare(live, source, manifest, diag);
    error = error ? error : wait_for_instance(live);
    if (error != MOTE_ERROR_NONE) {
        mote_app_execute_free(app, slot);
    }
    return error;
}

void mote_app_execute_free(struct mote_app *app, struct mote_app_slot *slot)
{
    struct mote_app_live *live = slot->live;
    if (live->thread) {
        hal_thread_free(live->thread); /* it has ended, or just about to */
    }
    mote_instance_free(live->instance);
    mote_agent_free(live->agent);
    mote_module_unload(live->module);
    mote_wasi_free(live->wasi);
    if (live->runtime) {
        mote_runtime_free_block(live->runtime, live->host, live->host ? live->host->size_bytes : 0);
        mote_runtime_free_block(live->runtime, live->stack, live->stack_bytes);
    }
    mote_runtime_free(live->runtime);
    mote_app_drop_ram(app, live->ram);
    mote_app_release(app, live, sizeof *live);
    slot->live = NULL;
}

/* Resolves imports (specification, 4.5.4 and 3.2, "Import Subtyping"): everything imported is shared, nothing is copied. */
#include "base/bits.h"
#include "base/diag.h"
#include "base/text.h"
#include "runtime/host_func.h"
#include "runtime/instance.h"
#include "runtime/runtime.h"

static void fail_import(const struct mote_instance *instance, const struct mote_import *import, enum mote_error error,
                        const char *why, struct mote_diag *diag)
{
    const uint8_t *bytes = instance->module->bytes;
    char detail[88];
    struct mote_text text = mote_text_begin(detail, sizeof detail);
    mote_text_bytes(&text, bytes + import->module.at, import->module.length, 28);
    mote_text_string(&text, ".");
    mote_text_bytes(&text, bytes + import->name.at, import->name.length, 28);
    if (why) {
        mote_text_string(&text, " ");
        mote_text_string(&text, why);
    }
    mote_diag_fail(diag, error, import->module.at, detail);
}

static bool limits_match(const struct mote_limits *wanted, uint32_t size, const struct mote_limits *given)
{
    return size >= wanted->min && (!wanted->has_max || (given->has_max && given->max <= wanted->max));
}

/* Binds an import to an export of another instance; what does not fit as text, or NULL. */
static const char *bind_export(struct mote_instance *instance, const struct mote_import *import,
                               struct mote_instance *source, const struct mote_export *export)
{
    const struct mote_module *module = instance->module;
    uint32_t index = import->index;
    if (export->kind != import->kind) {
        return "is of another kind";
    }
    switch ((enum mote_extern_kind)import->kind) {
    case EXTERN_FUNC: {
        struct mote_func *func = mote_instance_func(source, export->index);
        if (!mote_functype_equal(module, mote_module_functype(module, index), func->instance->module, func->type)) {
            return "has another function type";
        }
        instance->imports[index] = func;
        return NULL;
    }
    case EXTERN_TABLE: {
        struct mote_table *table = source->tables[export->index];
        const struct mote_table_type *wanted = &module->tables[index];
        if (wanted->reftype != table->type.reftype || !limits_match(&wanted->limits, table->size, &table->type.limits)) {
            return "is a table of another type";
        }
        instance->tables[index] = table;
        return NULL;
    }
    case EXTERN_MEMORY: {
        struct mote_memory *memory = source->memories[export->index];
        if (!limits_match(&module->memories[index].limits, memory->pages, &memory->type.limits)) {
            return "is a memory of another size";
        }
        instance->memories[index] = memory;
        return NULL;
    }
    default: {
        const struct mote_global_decl *given = &source->module->globals[export->index];
        const struct mote_global_decl *wanted = &module->globals[index];
        if (given->valtype != wanted->valtype || given->is_mutable != wanted->is_mutable) {
            return "is a global of another type";
        }
        instance->imported_globals[index] = mote_instance_global(source, export->index);
        return NULL;
    }
    }
}

static const struct mote_host_func *find_host_func(const struct mote_host_module *host, const uint8_t *name,
                                                   uint32_t length)
{
    for (const struct mote_host_func *func = host->functions; func->name; func++) {
        if (mote_string_length(func->name) == length && memcmp(func->name, name, length) == 0) {
            return func;
        }
    }
    return NULL;
}

static const char *bind_host(struct mote_instance *instance, const struct mote_import *import,
                             const struct mote_host_module *host, const struct mote_host_func *host_func)
{
    const struct mote_module *module = instance->module;
    if (import->kind != EXTERN_FUNC) {
        return "is of another kind: the host has a function";
    }
    const struct mote_functype *type = mote_module_functype(module, import->index);
    if (!mote_signature_equals(host_func->signature, module, type)) {
        return "has another function type";
    }
    struct mote_func *func = &instance->host_funcs[import->index];
    *func = (struct mote_func){.instance = instance, .type = type, .host = host_func};
    func->of.user = host_func->user ? host_func->user : host->user;
    instance->imports[import->index] = func;
    return NULL;
}

/* Tries one provider; true when it has the name at all. */
static bool try_provider(struct mote_instance *instance, uint32_t importidx, const struct mote_provider *provider,
                         const char **why)
{
    const struct mote_import *import = &instance->module->imports[importidx];
    const uint8_t *bytes = instance->module->bytes;
    const char *provider_name = provider->instance ? provider->name : provider->host->name;
    if (mote_string_length(provider_name) != import->module.length ||
        memcmp(provider_name, bytes + import->module.at, import->module.length) != 0) {
        return false;
    }
    const uint8_t *name = bytes + import->name.at;
    if (provider->instance) {
        const struct mote_export *export = mote_instance_find_export(provider->instance, name, import->name.length);
        if (export) {
            *why = bind_export(instance, import, provider->instance, export);
            instance->sources[importidx] = provider->instance;
        }
        return export != NULL;
    }
    const struct mote_host_func *func = find_host_func(provider->host, name, import->name.length);
    if (func) {
        *why = bind_host(instance, import, provider->host, func);
    }
    return func != NULL;
}

bool mote_instance_link(struct mote_instance *instance, struct mote_diag *diag)
{
    const struct mote_module *module = instance->module;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const char *why = NULL;
        const struct mote_provider *provider = instance->runtime->providers;
        while (provider && !try_provider(instance, i, provider, &why)) {
            provider = provider->next;
        }
        if (!provider || why) {
            fail_import(instance, &module->imports[i], provider ? MOTE_ERROR_IMPORT_TYPE : MOTE_ERROR_UNKNOWN_IMPORT, why,
                        diag);
            return false;
        }
    }
    return true;
}

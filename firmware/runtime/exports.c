/* What embedders ask of an instance: exported functions and globals by name, function types, its memory (specification, "Embedding"). */
#include "base/bits.h"
#include "base/text.h"
#include "runtime/instance.h"

const struct mote_export *mote_instance_find_export(const struct mote_instance *instance, const uint8_t *name,
                                                    uint32_t length)
{
    const struct mote_module *module = instance->module;
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct mote_export *export = &module->exports[i];
        if (export->name.length == length && memcmp(module->bytes + export->name.at, name, length) == 0) {
            return export;
        }
    }
    return NULL;
}

static const struct mote_export *find(const struct mote_instance *instance, const char *name, enum mote_extern_kind kind)
{
    if (!instance || !name) {
        return NULL;
    }
    const struct mote_export *export =
        mote_instance_find_export(instance, (const uint8_t *)name, (uint32_t)mote_string_length(name));
    return export && export->kind == kind ? export : NULL;
}

struct mote_func *mote_find_func(struct mote_instance *instance, const char *name)
{
    const struct mote_export *export = find(instance, name, EXTERN_FUNC);
    return export ? mote_instance_func(instance, export->index) : NULL;
}

const char *mote_export_func_name(const struct mote_instance *instance, uint32_t i, uint32_t *length)
{
    const struct mote_module *module = instance ? instance->module : NULL;
    for (uint32_t at = 0; module && at < module->export_count; at++) {
        if (module->exports[at].kind == EXTERN_FUNC && i-- == 0) {
            *length = module->exports[at].name.length;
            return (const char *)module->bytes + module->exports[at].name.at;
        }
    }
    return NULL;
}

struct mote_func *mote_export_func(struct mote_instance *instance, uint32_t i)
{
    const struct mote_module *module = instance ? instance->module : NULL;
    for (uint32_t at = 0; module && at < module->export_count; at++) {
        if (module->exports[at].kind == EXTERN_FUNC && i-- == 0) {
            return mote_instance_func(instance, module->exports[at].index);
        }
    }
    return NULL;
}

uint32_t mote_func_param_count(const struct mote_func *func)
{
    return func->type->param_count;
}

uint32_t mote_func_result_count(const struct mote_func *func)
{
    return func->type->result_count;
}

enum mote_valtype mote_func_param_type(const struct mote_func *func, uint32_t i)
{
    return (enum mote_valtype)func->instance->module->bytes[func->type->params + i];
}

enum mote_valtype mote_func_result_type(const struct mote_func *func, uint32_t i)
{
    return (enum mote_valtype)func->instance->module->bytes[func->type->results + i];
}

enum mote_error mote_global_get(const struct mote_instance *instance, const char *name, struct mote_value *value)
{
    const struct mote_export *export = find(instance, name, EXTERN_GLOBAL);
    if (!export || !value) {
        return export ? MOTE_ERROR_INVALID_ARGUMENT : MOTE_ERROR_NOT_FOUND;
    }
    value->type = (enum mote_valtype)instance->module->globals[export->index].valtype;
    value->of.bits = *mote_instance_global(instance, export->index);
    return MOTE_ERROR_NONE;
}

enum mote_error mote_global_set(struct mote_instance *instance, const char *name, const struct mote_value *value)
{
    const struct mote_export *export = find(instance, name, EXTERN_GLOBAL);
    if (!export || !value) {
        return export ? MOTE_ERROR_INVALID_ARGUMENT : MOTE_ERROR_NOT_FOUND;
    }
    const struct mote_global_decl *global = &instance->module->globals[export->index];
    if (!global->is_mutable || value->type != (enum mote_valtype)global->valtype) {
        return MOTE_ERROR_SIGNATURE_MISMATCH;
    }
    bool is_wide = mote_valtype_cells(global->valtype) == 2;
    *mote_instance_global(instance, export->index) = is_wide ? value->of.bits : value->of.i32;
    return MOTE_ERROR_NONE;
}

void *mote_memory_at(struct mote_instance *instance, uint64_t address, uint64_t size)
{
    if (!instance || instance->module->memory_count == 0) {
        return NULL;
    }
    return mote_memory_range(instance->memories[0], address, size);
}

uint64_t mote_memory_size(const struct mote_instance *instance)
{
    return instance && instance->module->memory_count ? instance->memories[0]->size : 0;
}

/* Instructions that are functions behind the handler COLD, because the CPU has no such instruction or because they are rare; see ops.def.
   X and Y are the operands, TO stores the result. */
#include "base/float.h"
#include "interp/interp.h"

#define X32 (*(const mote_u32_cell *)x)
#define X64 (*(const mote_u64_cell *)x)
#define Y32 (*(const mote_u32_cell *)y)
#define Y64 (*(const mote_u64_cell *)y)
#define TO32(value) (*(mote_u32_cell *)to = (uint32_t)(value))
#define TO64(value) (*(mote_u64_cell *)to = (uint64_t)(value))
#define UNLIKELY(condition) (condition)
#define TRAP(name) return MOTE_TRAP_##name

/* One function for all: they share its frame, its loads and its stores, which takes two thirds of the flash that functions of their own do. */
enum mote_trap mote_interp_cold(const void *x, const void *y, void *to, enum cold cold)
{
    (void)x, (void)y, (void)to;
    switch (cold) {
#define MAP(name, family)
#define MAP_AS(name, as, family)
#define HANDLER(name, ...)
#define COLD(name, ...) \
    case COLD_##name:   \
        __VA_ARGS__     \
        break;
#include "interp/ops.def"
#undef COLD
#undef HANDLER
#undef MAP
    default:
        break;
    }
    return MOTE_TRAP_NONE;
}

/* The native engine: runs the machine code that a module brings along in sections `mote.native` (docs/formats/native.md). */
#ifndef AOT_NATIVE_H
#define AOT_NATIVE_H

#include "aot/native_cpu.h"
#include "runtime/agent.h"

#define NATIVE_NONE UINT32_MAX /* an entry that does not exist, an offset that is not known */

/* The header of a section as it lies in the file. */
typedef uint16_t mote_native_2;
typedef uint32_t mote_native_4;
struct mote_native_header {
#define NATIVE_VERSION(major, minor)
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes) mote_native_##bytes member;
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
} __attribute__((may_alias));

/* How to get from a call in a function to the call of the function; in words of the machine. */
struct mote_native_frame {
    uint16_t size;        /* from the stack pointer at the call to the one before the function was called */
    uint16_t return_down; /* from there down to the return address */
} __attribute__((may_alias));

/* What the engine keeps of a module that is its own. */
struct mote_native_code {
    const struct mote_native_header *header;
    const uint8_t *image; /* where it is executed */
};

enum mote_native_flag {
    NATIVE_FLAG_BOUNDS = 3, /* enum mote_native_bounds */
    NATIVE_FLAG_NO_POLLS = 4,
    NATIVE_FLAG_STRIPPED = 8,
    NATIVE_FLAG_FIXED_MEMORY = 16,
    NATIVE_FLAGS = 31
};
enum mote_native_bounds { NATIVE_GUARD_PAGES, NATIVE_CHECKS, NATIVE_MASK, NATIVE_UNCHECKED };

/* A part of the section, by its offset from the header. */
static inline const void *mote_native_part(const struct mote_native_header *header, uint32_t at)
{
    return (const uint8_t *)header + at;
}

/* native_section.c: finds the section for this CPU and checks it against the module. NULL: there is none that can be used; `diag` says
   why in words, or nothing when the module brings no native code at all. */
const struct mote_native_header *mote_native_find(const struct mote_module *module, struct mote_diag *diag);

/* native_call.c */
enum mote_trap mote_native_run(struct mote_agent *agent, const struct mote_func *func, uint8_t *fp);
void mote_native_abandoned(struct mote_agent *agent, const struct hal_fault *fault);

/* native_frames.c */
void mote_native_record_frames(struct mote_agent *agent, const uint8_t *entry_fp);
uint32_t mote_native_locate(const struct mote_func *func, const void *pc);

/* native_helpers.c: what code may call, by the numbers of tables/native_abi.def. */
extern void (*const mote_native_helpers[])(void);

#endif

/* Asserts that what native code reads lies where tables/native_layout.def says, and that the gates store where the runtime looks. */
#include "aot/native_call.h"
#include "base/bits.h"

#define AT(at_32, at_64) (sizeof(void *) == 8 ? (at_64) : (at_32))

#define NATIVE_VERSION(major, minor)
#define NATIVE_HEADER(member, bytes)
#define NATIVE_FIELD(structure, member, at_32, at_64) \
    _Static_assert(offsetof(struct structure, member) == AT(at_32, at_64), #structure "." #member " moved: native code would miss it");
#define NATIVE_SIZE(structure, size_32, size_64) \
    _Static_assert(sizeof(struct structure) == AT(size_32, size_64), #structure " has another size: native code would miss elements");
#include "tables/native_layout.def"
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_HEADER

enum {
#define NATIVE_FIELD(structure, member, at_32, at_64)
#define NATIVE_SIZE(structure, size_32, size_64)
#define NATIVE_HEADER(member, bytes) +(bytes)
    HEADER_BYTES = 0
#include "tables/native_layout.def"
#undef NATIVE_HEADER
#undef NATIVE_SIZE
#undef NATIVE_FIELD
#undef NATIVE_VERSION
};
_Static_assert(sizeof(struct mote_native_header) == HEADER_BYTES, "the header of a native section has gaps");

_Static_assert(offsetof(struct mote_agent, context) == 0, "the context is no longer the agent's first member");
_Static_assert(offsetof(struct mote_agent, trap_pc) == AT(NATIVE_TRAP_PC_32, NATIVE_TRAP_PC_64), "the gates store elsewhere");
_Static_assert(offsetof(struct mote_agent, fp) == AT(NATIVE_FP_32, NATIVE_FP_64), "the gates store elsewhere");

/* base/diag: texts and the first failure. */
#include "base/diag.h"
#include "unit.h"

UNIT_TEST(test_diag_starts_with_nothing)
{
    struct mote_diag diag;
    memset(&diag, 0xFF, sizeof diag);
    mote_diag_init(&diag);
    CHECK_EQUAL(diag.error, MOTE_ERROR_NONE);
    CHECK_EQUAL(diag.offset, MOTE_NO_INDEX);
    CHECK_EQUAL(diag.funcidx, MOTE_NO_INDEX);
    CHECK_TEXT(diag.message, "");
}

UNIT_TEST(test_diag_keeps_the_first_failure)
{
    struct mote_diag diag;
    mote_diag_init(&diag);
    mote_diag_fail(&diag, MOTE_ERROR_TYPE_MISMATCH, 12, "expected i32, found i64");
    mote_diag_fail(&diag, MOTE_ERROR_NO_MEMORY, 99, NULL);
    CHECK_EQUAL(diag.error, MOTE_ERROR_TYPE_MISMATCH);
    CHECK_EQUAL(diag.offset, 12);
    CHECK_TEXT(diag.message, "type mismatch: expected i32, found i64");
}

UNIT_TEST(test_diag_cuts_long_details_and_ends_with_zero)
{
    struct mote_diag diag;
    char detail[300];
    memset(detail, 'x', sizeof detail);
    detail[sizeof detail - 1] = 0;
    mote_diag_init(&diag);
    mote_diag_fail(&diag, MOTE_ERROR_LIMIT, 0, detail);
    CHECK_EQUAL(strlen(diag.message), sizeof diag.message - 1);
}

UNIT_TEST(test_diag_every_error_and_trap_has_a_text)
{
#define ERROR(name, text) CHECK_TEXT(mote_error_text(MOTE_ERROR_##name), text);
#define BODY_ERROR(name, text) ERROR(name, text)
#define DEVICE_ERROR(name, text) ERROR(name, text)
#include "tables/errors.def"
#undef DEVICE_ERROR
#undef BODY_ERROR
#undef ERROR
#define TRAP(name, text) CHECK_TEXT(mote_trap_text(MOTE_TRAP_##name), text);
#include "tables/traps.def"
#undef TRAP
    CHECK(mote_error_text((enum mote_error)10000) != NULL);
    CHECK(mote_trap_text((enum mote_trap)10000) != NULL);
}

/* Machine instructions that access memory, one a row, for traps.c to try at misaligned addresses. */
#ifndef BOARD_FORMS_H
#define BOARD_FORMS_H

#include <stdint.h>

enum form_kind { FORM_LOAD, FORM_LOAD_SIGNED, FORM_STORE, FORM_LOAD_PAIR, FORM_STORE_PAIR };

struct form {
    const char *text;
    uint32_t (*run)(uint8_t *base, uint32_t value); /* returns what was loaded: of a pair the difference; stores value, value + 1 */
    uint8_t offset;                                 /* the access lies at base + offset */
    uint8_t size;                                   /* of one value */
    enum form_kind kind;
    uint8_t length; /* of the instruction, when it is the first of `run`, takes its base in register 10 and its value in 11; otherwise 0 */
};

extern const struct form forms[]; /* ends with a row without text */

/* Makes the CPU refuse misaligned accesses, where it can be told to. */
void forms_prepare(void);

/* An instruction that the CPU does not know. */
void form_illegal(void);

/* The instruction that returns from a function. */
extern const uint16_t form_return;

#endif

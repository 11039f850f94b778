/* Loads and stores of RV32IMAC. The emulated CPU makes misaligned ones itself, so each is run for real and by the handler's decoder. */
#include "forms.h"

#define FORM(name, instruction) \
    uint32_t form_##name(uint8_t *base, uint32_t value); \
    __asm__(".section .text.form_" #name ", \"ax\"\n" \
            ".balign 4\n" \
            ".global form_" #name "\n" \
            "form_" #name ":\n    " instruction "\n    mv a0, a1\n    ret\n")

FORM(lw, "lw a1, 3(a0)");
FORM(lh, "lh a1, 5(a0)");
FORM(lhu, "lhu a1, 1(a0)");
FORM(sw, "sw a1, 45(a0)");
FORM(sh, "sh a1, 7(a0)");
FORM(far_lw, "lw a1, 61(a0)");
FORM(c_lw, "c.lw a1, 4(a0)");
FORM(c_lw_far, "c.lw a1, 64(a0)");
FORM(c_sw, "c.sw a1, 56(a0)");

const struct form forms[] = {
    {"lw", form_lw, 3, 4, FORM_LOAD, 4},
    {"lh", form_lh, 5, 2, FORM_LOAD_SIGNED, 4},
    {"lhu", form_lhu, 1, 2, FORM_LOAD, 4},
    {"sw", form_sw, 45, 4, FORM_STORE, 4},
    {"sh", form_sh, 7, 2, FORM_STORE, 4},
    {"lw far", form_far_lw, 61, 4, FORM_LOAD, 4},
    {"c.lw", form_c_lw, 4, 4, FORM_LOAD, 2},
    {"c.lw far", form_c_lw_far, 64, 4, FORM_LOAD, 2},
    {"c.sw", form_c_sw, 56, 4, FORM_STORE, 2},
    {0},
};

void forms_prepare(void)
{
}

void form_illegal(void)
{
    __asm__ volatile(".word 0");
}

const uint16_t form_return = 0x8082; /* c.jr ra */

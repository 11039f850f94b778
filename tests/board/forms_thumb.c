/* Loads and stores of ARMv6-M, which an ARMv7-M CPU refuses when it is told to, and those of several registers, which it always refuses. */
#include "forms.h"

#define FORM(name, instructions) \
    uint32_t form_##name(uint8_t *base, uint32_t value); \
    __asm__(".section .text.form_" #name ", \"ax\"\n" \
            ".syntax unified\n.thumb\n.balign 4\n" \
            ".global form_" #name "\n" \
            ".type form_" #name ", %function\n" \
            "form_" #name ":\n    mov r12, r0\n    " instructions "\n    mov r0, r1\n    bx lr\n")
#define THEN "\n    "

FORM(ldr, "ldr r1, [r0, #4]");
FORM(ldr_far, "ldr r1, [r0, #64]");
FORM(ldr_indexed, "movs r2, #5" THEN "ldr r1, [r0, r2]");
FORM(ldrh, "ldrh r1, [r0, #6]");
FORM(ldrh_indexed, "movs r2, #7" THEN "ldrh r1, [r0, r2]");
FORM(ldrsh_indexed, "movs r2, #9" THEN "ldrsh r1, [r0, r2]");
FORM(str, "str r1, [r0, #8]");
FORM(str_indexed, "movs r2, #3" THEN "str r1, [r0, r2]");
FORM(strh, "strh r1, [r0, #10]");
FORM(strh_indexed, "movs r2, #11" THEN "strh r1, [r0, r2]");
FORM(ldr_high, "push {r8}" THEN "mov r8, r0" THEN "mov r0, r8" THEN "ldr r1, [r0, #12]" THEN "pop {r8}");
FORM(in_block, "cmp r0, r0" THEN "ite eq" THEN "ldreq r1, [r0, #4]" THEN "movne r1, #0");
/* The base moves by 8, which the result takes back. */
FORM(ldm, "ldm r0!, {r2, r3}" THEN "subs r1, r2, r3" THEN "subs r0, #8" THEN "subs r0, r0, r12" THEN "add r1, r0");
FORM(stm, "adds r2, r1, #1" THEN "stm r0!, {r1, r2}");
FORM(ldrd, "ldrd r2, r3, [r0, #4]" THEN "subs r1, r2, r3");
FORM(ldrd_before, "ldrd r2, r3, [r0, #4]!" THEN "subs r1, r2, r3" THEN "subs r0, #4" THEN "subs r0, r0, r12" THEN "add r1, r0");
FORM(ldrd_after, "ldrd r2, r3, [r0], #-8" THEN "subs r1, r2, r3" THEN "adds r0, #8" THEN "subs r0, r0, r12" THEN "add r1, r0");
FORM(strd, "adds r2, r1, #1" THEN "strd r1, r2, [r0, #16]");
FORM(ldmdb, "adds r0, #16" THEN "ldmdb r0, {r2, r3}" THEN "subs r1, r2, r3");
FORM(stmdb, "adds r0, #16" THEN "adds r2, r1, #1" THEN "stmdb r0!, {r1, r2}");

const struct form forms[] = {
    {"ldr", form_ldr, 4, 4, FORM_LOAD, 0},
    {"ldr far", form_ldr_far, 64, 4, FORM_LOAD, 0},
    {"ldr indexed", form_ldr_indexed, 5, 4, FORM_LOAD, 0},
    {"ldrh", form_ldrh, 6, 2, FORM_LOAD, 0},
    {"ldrh indexed", form_ldrh_indexed, 7, 2, FORM_LOAD, 0},
    {"ldrsh indexed", form_ldrsh_indexed, 9, 2, FORM_LOAD_SIGNED, 0},
    {"str", form_str, 8, 4, FORM_STORE, 0},
    {"str indexed", form_str_indexed, 3, 4, FORM_STORE, 0},
    {"strh", form_strh, 10, 2, FORM_STORE, 0},
    {"strh indexed", form_strh_indexed, 11, 2, FORM_STORE, 0},
    {"ldr, r8 in use", form_ldr_high, 12, 4, FORM_LOAD, 0},
    {"ldr in a block", form_in_block, 4, 4, FORM_LOAD, 0},
    {"ldm", form_ldm, 0, 4, FORM_LOAD_PAIR, 0},
    {"stm", form_stm, 0, 4, FORM_STORE_PAIR, 0},
    {"ldrd", form_ldrd, 4, 4, FORM_LOAD_PAIR, 0},
    {"ldrd before", form_ldrd_before, 4, 4, FORM_LOAD_PAIR, 0},
    {"ldrd after", form_ldrd_after, 0, 4, FORM_LOAD_PAIR, 0},
    {"strd", form_strd, 16, 4, FORM_STORE_PAIR, 0},
    {"ldmdb", form_ldmdb, 8, 4, FORM_LOAD_PAIR, 0},
    {"stmdb", form_stmdb, 8, 4, FORM_STORE_PAIR, 0},
    {0},
};

#define CONFIGURATION (*(volatile uint32_t *)0xE000ED14u)
#define REFUSE_MISALIGNED 0x8u

void forms_prepare(void)
{
    CONFIGURATION |= REFUSE_MISALIGNED;
}

void form_illegal(void)
{
    __asm__ volatile("udf #0");
}

const uint16_t form_return = 0x4770; /* bx lr */

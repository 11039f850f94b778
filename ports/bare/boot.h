/* From the CPU's first instruction to main: what start_<cpu>.c calls, and the places that the linker script (site_scons/linker_script.py)
   gives names to. */
#ifndef BARE_BOOT_H
#define BARE_BOOT_H

#include <stdint.h>

/* Fills RAM, runs main and ends the program with its status. */
_Noreturn void boot(void);

/* The program itself; its result is the exit status that an emulator hands on. */
int main(void);

extern uint8_t link_data_start[], link_data_end[];      /* variables with initial values, and */
extern const uint8_t link_data_load[];                  /* where in flash these lie */
extern const uint8_t link_ram_code[], link_ram_code_end[]; /* code that is executed in RAM (ram_code.h), as the CPU executes it, */
extern uint8_t link_ram_code_start[];                   /* where it is written, */
extern const uint8_t link_ram_code_load[];              /* and where in flash it lies */
extern uint8_t link_bss_start[], link_bss_end[];        /* variables that start as zeros */
extern uint8_t link_retained_start[], link_retained_end[]; /* RAM that start-up leaves as it is */
extern uint8_t link_stack_start[], link_stack_end[];    /* the machine's stack; grows down */
extern uint8_t link_guard_start[];                      /* up to link_stack_start: 256 bytes that nobody may touch */
extern uint8_t link_pool_start[], link_pool_end[];      /* RAM that nothing else takes */
extern const uint8_t link_module_start[];               /* the module that MODULE= named, */
extern const uint32_t link_module_size;                 /* of so many bytes; 0: none was named */

/* The memory map as board.json has it, by addresses; what is in no row are devices. */
enum link_access { LINK_DATA, LINK_CODE, LINK_FLASH /* a partition */ };
struct link_row {
    uint32_t start, end; /* of the first byte and behind the last */
    uint32_t access;
};
extern const struct link_row link_map[], link_map_end[];

#endif

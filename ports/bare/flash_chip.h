/* What a driver of flash memory offers to flash.c. Addresses are those at which the memory is mapped. Interrupts may come meanwhile, other threads do
   not run. */
#ifndef BARE_FLASH_CHIP_H
#define BARE_FLASH_CHIP_H

#include <stdbool.h>
#include <stdint.h>

/* Before everything else; may be called again after a reset of the machine. False when there is no memory. */
bool flash_chip_init(void);

/* Erases the sector at an address, a multiple of CONFIG_BARE_FLASH_SECTOR_BYTES. */
bool flash_chip_erase(uint32_t address);

/* Writes words from RAM, at a multiple of CONFIG_BARE_FLASH_WRITE_BYTES and as many bytes as a multiple of it, all in one piece of FLASH_PIECE_BYTES. */
#define FLASH_PIECE_BYTES 128
bool flash_chip_write(uint32_t address, const uint32_t *words, uint32_t size);

#endif

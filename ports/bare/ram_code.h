/* Code that is executed in RAM, because flash cannot be read meanwhile. It calls nothing and reads no constant that lies in flash. On boards
   whose memory map has no place for such code it lies where all other code does. */
#ifndef BARE_RAM_CODE_H
#define BARE_RAM_CODE_H

#define RAM_CODE __attribute__((section(".ram_code"), noinline))

#endif

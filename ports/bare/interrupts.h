/* What a driver of an interrupt controller offers. Numbers are those that board.json gives devices ("interrupt"). All interrupts have one priority: none
   interrupts another, and a trap handler is never interrupted. */
#ifndef BARE_INTERRUPTS_H
#define BARE_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

/* Prepares the controller; no device reaches the CPU yet. Interrupts are off. */
void interrupts_init(void);

/* Lets a device's interrupt reach the CPU; called by the device's driver in its init. */
void interrupts_enable(uint32_t number);

/* The controller's part of an interrupt, called by trap_<cpu>.c with what the CPU says of it (RISC-V: mcause without its top bit; Thumb: the number of
   the interrupt from 0 on): finds the devices that ask, serves each (interrupts_serve), and lets the next come. False: nobody asked. */
bool interrupts_handle(uint32_t cause);

/* By interrupts.c: has the driver that the number belongs to serve its device; false when it belongs to none. */
bool interrupts_serve(uint32_t number);

#endif

/* Start-up that all CPUs share. */
#include "boot.h"

#include "console.h"
#include "interrupts.h"
#include "mem.h"
#include "power.h"
#include "protect.h"
#include "system.h"
#include "thread.h"
#include "timer.h"
#include "uart.h"

_Noreturn void boot(void)
{
    power_init();
    memcpy(link_ram_code_start, link_ram_code_load, (size_t)(link_ram_code_end - link_ram_code));
    memcpy(link_data_start, link_data_load, (size_t)(link_data_end - link_data_start));
    memset(link_bss_start, 0, (size_t)(link_bss_end - link_bss_start));
    system_init();
    protect_init();
    interrupts_init();
    uart_init();
    timer_init();
    thread_interrupts_on();
    int status = main();
    console_flush();
    power_off(status);
}

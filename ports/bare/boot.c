/* Start-up that all CPUs share. */
#include "boot.h"

#include "hal/console.h"
#include "mem.h"
#include "power.h"
#include "timer.h"
#include "uart.h"

_Noreturn void boot(void)
{
    memcpy(link_data_start, link_data_load, (size_t)(link_data_end - link_data_start));
    memset(link_bss_start, 0, (size_t)(link_bss_end - link_bss_start));
    uart_init();
    timer_init();
    power_off(main());
}

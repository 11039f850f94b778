/* Beginning and end of a program on the ESP32-C3. Booted directly, the ROM leaves its watchdogs running and the CPU at the crystal's pace. */
#include "power.h"
#include "registers.h"

#define SYSTEM 0x600C0000u
#define CPU_PERIOD_CONF register_at(SYSTEM, 0x08)
#define CLOCK_CONF register_at(SYSTEM, 0x58)
#define CPU_160_MHZ 0x1u
#define PLL_480_MHZ 0x4u
#define FROM_PLL (1u << 10)
#define CRYSTAL_40_MHZ (40u << 12)
#define DIVIDER_ON (1u << 19)

#define RTC_CONTROL 0x60008000u
#define RTC_OPTIONS register_at(RTC_CONTROL, 0x00)
#define RTC_WATCHDOG_CONF register_at(RTC_CONTROL, 0x90)
#define RTC_WATCHDOG_PROTECT register_at(RTC_CONTROL, 0xA8)
#define SUPER_WATCHDOG_CONF register_at(RTC_CONTROL, 0xAC)
#define SUPER_WATCHDOG_PROTECT register_at(RTC_CONTROL, 0xB0)
#define RESET_SYSTEM (1u << 31)
#define FEEDS_ITSELF (1u << 31)

#define TIMER_GROUP_0 0x6001F000u
#define GROUP_WATCHDOG_CONF register_at(TIMER_GROUP_0, 0x48)
#define GROUP_WATCHDOG_PROTECT register_at(TIMER_GROUP_0, 0x64)

#define WATCHDOG_KEY 0x50D83AA1u
#define SUPER_WATCHDOG_KEY 0x8F1D312Au

/* What the ROM looks for at the beginning of flash, to jump right behind it. */
extern const uint32_t direct_boot_magic[2];
__attribute__((section(".vectors"), used)) const uint32_t direct_boot_magic[2] = {0xAEDB041Du, 0xAEDB041Du};

static void stop_watchdogs(void)
{
    *RTC_WATCHDOG_PROTECT = WATCHDOG_KEY;
    *RTC_WATCHDOG_CONF = 0;
    *RTC_WATCHDOG_PROTECT = 0;
    *SUPER_WATCHDOG_PROTECT = SUPER_WATCHDOG_KEY;
    *SUPER_WATCHDOG_CONF |= FEEDS_ITSELF;
    *SUPER_WATCHDOG_PROTECT = 0;
    *GROUP_WATCHDOG_PROTECT = WATCHDOG_KEY;
    *GROUP_WATCHDOG_CONF = 0;
    *GROUP_WATCHDOG_PROTECT = 0;
}

/* 160 MHz; the ROM keeps the PLL on for USB. The drivers of the UART and of the timer count the crystal's steps, which stay as they are. */
void power_init(void)
{
    stop_watchdogs();
    *CPU_PERIOD_CONF = (*CPU_PERIOD_CONF & ~3u) | PLL_480_MHZ | CPU_160_MHZ;
    *CLOCK_CONF = DIVIDER_ON | CRYSTAL_40_MHZ | FROM_PLL;
}

_Noreturn void power_off(int status)
{
    (void)status;
    for (;;) {
        __asm__ volatile("csrci mstatus, 8\n\twfi");
    }
}

_Noreturn void power_reset(void)
{
    *RTC_OPTIONS |= RESET_SYSTEM;
    for (;;) {
    }
}

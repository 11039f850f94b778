/* SiFive's test device, which ends and resets QEMU's RISC-V machine. */
#include "base/config.h"
#include "power.h"
#include "registers.h"

#define FINISHER register_at(CONFIG_BARE_POWER_ADDRESS, 0)
#define PASS 0x5555u
#define FAIL 0x3333u
#define RESET 0x7777u

void power_init(void)
{
}

_Noreturn void power_off(int status)
{
    *FINISHER = status == 0 ? PASS : (uint32_t)status << 16 | FAIL;
    for (;;) {
    }
}

_Noreturn void power_reset(void)
{
    *FINISHER = RESET;
    for (;;) {
    }
}

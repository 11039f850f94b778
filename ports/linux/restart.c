/* Reset, its reason, retained memory, the watchdog and the machine's number, of hal/system.h; see restart.h. */
#include "restart.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "hal/system.h"

#define PAGE_VARIABLE "MOTE_DEVICE_PAGE"
#define RETAINED_BYTES 1024
#define ARGUMENTS_MAX 64
#define ARGUMENT_BYTES 8192

struct page {
    uint64_t retained[RETAINED_BYTES / 8];
    uint32_t reason; /* enum hal_reset_reason, of the restart that comes or came last */
    int kept[RESTART_DESCRIPTORS]; /* counted from 1; 0: none */
    bool has_terminal;
    struct termios terminal;
};

static struct {
    struct page *page;
    int fd;          /* of the page */
    enum hal_reset_reason reason;
    bool has_watchdog;
    bool has_id;
    uint8_t id[16];
    char *arguments[ARGUMENTS_MAX + 1]; /* of this process, for exec */
    char text[ARGUMENT_BYTES];
} state = {.fd = -1};

/* The page that the process before left, or a new one. */
static void open_page(void)
{
    const char *number = getenv(PAGE_VARIABLE);
    state.fd = number ? atoi(number) : memfd_create("mote-device", 0);
    if (state.fd >= 0 && !number) {
        char text[16];
        snprintf(text, sizeof text, "%d", state.fd);
        setenv(PAGE_VARIABLE, text, 1);
    }
    bool is_there = state.fd >= 0 && (number || ftruncate(state.fd, sizeof *state.page) == 0);
    void *page = is_there ? mmap(NULL, sizeof *state.page, PROT_READ | PROT_WRITE, MAP_SHARED, state.fd, 0) : MAP_FAILED;
    state.page = page != MAP_FAILED ? page : NULL;
}

/* The command line as the kernel knows it, so that nobody needs to hand it over. */
static void note_arguments(void)
{
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, state.text, sizeof state.text - 1) : 0;
    unsigned count = 0;
    for (ssize_t at = 0; at < size && count < ARGUMENTS_MAX; at += (ssize_t)strlen(state.text + at) + 1) {
        state.arguments[count++] = state.text + at;
    }
    if (fd >= 0) {
        close(fd);
    }
}

static struct page *page(void)
{
    if (!state.page) {
        open_page();
        note_arguments();
        if (state.page) {
            state.reason = (enum hal_reset_reason)state.page->reason;
            state.page->reason = HAL_RESET_POWER;
        }
    }
    return state.page;
}

int restart_kept(enum restart_descriptor which)
{
    return page() ? state.page->kept[which] - 1 : -1;
}

void restart_keep(enum restart_descriptor which, int fd)
{
    if (page()) {
        state.page->kept[which] = fd + 1;
    }
}

bool restart_terminal(struct termios *settings)
{
    bool is_noted = page() && state.page->has_terminal;
    if (is_noted) {
        *settings = state.page->terminal;
    }
    return is_noted;
}

void restart_note_terminal(const struct termios *settings)
{
    if (page()) {
        state.page->terminal = *settings;
        state.page->has_terminal = true;
    }
}

/* Also called in a signal handler, maybe with signals blocked, which the next process would inherit. */
static _Noreturn void restart(enum hal_reset_reason reason)
{
    struct itimerval never = {.it_value = {0}};
    sigset_t none;
    if (state.page) {
        state.page->reason = (uint32_t)reason;
        for (unsigned i = 0; i < RESTART_DESCRIPTORS; i++) {
            if (state.page->kept[i]) {
                fcntl(state.page->kept[i] - 1, F_SETFD, 0);
            }
        }
    }
    setitimer(ITIMER_REAL, &never, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", state.arguments);
    _exit(127);
}

void restart_after_fault(void)
{
    if (state.has_watchdog) {
        restart(HAL_RESET_FAULT);
    }
}

_Noreturn void hal_system_reset(void)
{
    page();
    restart(HAL_RESET_SOFTWARE);
}

const char *hal_system_reset_thread(void)
{
    return "";
}

enum hal_reset_reason hal_system_reset_reason(void)
{
    page();
    return state.reason;
}

void *hal_system_retained(size_t *size_bytes)
{
    *size_bytes = page() ? RETAINED_BYTES : 0;
    return page() ? state.page->retained : NULL;
}

static void on_watchdog(int number)
{
    (void)number;
    restart(HAL_RESET_WATCHDOG);
}

void hal_system_watchdog(uint32_t timeout_ms)
{
    if (!state.has_watchdog) {
        page();
        signal(SIGALRM, on_watchdog);
        state.has_watchdog = true;
    }
    struct itimerval soon = {.it_value = {.tv_sec = (time_t)(timeout_ms / 1000), .tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000)}};
    setitimer(ITIMER_REAL, &soon, NULL);
}

void restart_set_id(const uint8_t id[16])
{
    memcpy(state.id, id, sizeof state.id);
    state.has_id = true;
}

size_t hal_system_id(uint8_t id[16])
{
    memcpy(id, state.id, sizeof state.id);
    return state.has_id ? sizeof state.id : 0;
}

/* mote-device: the whole firmware as a process. Makes what the machine would have (flash memory, RAM, a console line, a number of its own) and
   hands over to fw_main. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "device_options.h"
#include "flash_file.h"
#include "line.h"
#include "main.h"
#include "net_socket.h"
#include "restart.h"

#define FAILED 1
#define WRITE_BYTES 4
#define PATH_BYTES 4096

static bool fail(const char *what, const char *name)
{
    fprintf(stderr, "mote-device: %s: %s: %s\n", name, what,
            errno == EWOULDBLOCK ? "another device uses it" : errno == EINVAL ? "it has another size" : strerror(errno));
    return false;
}

static bool open_region(const struct device_options *options, enum hal_flash_region region, const char *suffix, uint32_t size, char *path)
{
    if (snprintf(path, PATH_BYTES, "%s.%s", options->flash, suffix) >= PATH_BYTES) {
        errno = ENAMETOOLONG;
        return fail("cannot open the flash memory", options->flash);
    }
    struct flash_file file = {path, size, options->sector_bytes, WRITE_BYTES};
    return flash_file_open(region, &file) || fail("cannot open the flash memory", path);
}

/* A device is the file of its store: that tells it from others. */
static bool open_flash(const struct device_options *options)
{
    char path[PATH_BYTES];
    struct stat status;
    uint8_t id[16] = {0};
    if (!open_region(options, HAL_FLASH_FILES, "files", options->files_bytes, path) ||
        !open_region(options, HAL_FLASH_STORE, "store", options->store_bytes, path)) {
        return false;
    }
    if (stat(path, &status) == 0) {
        uint64_t device = status.st_dev, number = status.st_ino;
        memcpy(id, &device, 8);
        memcpy(id + 8, &number, 8);
        restart_set_id(id);
    }
    return true;
}

/* ---- The console ------------------------------------------------------------------------------------------------- */

static void restore_terminal(void)
{
    struct termios settings;
    if (restart_terminal(&settings)) {
        tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    }
}

static void on_end(int number)
{
    restore_terminal();
    _exit(number == SIGQUIT ? 0 : 128 + number);
}

/* Keys go to the device as they are, Ctrl-C too. */
static void use_terminal(void)
{
    struct termios settings;
    if (tcgetattr(STDIN_FILENO, &settings) != 0) {
        return;
    }
    struct termios before;
    if (!restart_terminal(&before)) {
        restart_note_terminal(&settings);
    }
    settings.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    settings.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    settings.c_cc[VINTR] = settings.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    atexit(restore_terminal);
    for (const int *number = (const int[]){SIGQUIT, SIGTERM, SIGHUP, 0}; *number; number++) {
        signal(*number, on_end);
    }
}

static bool open_console(const struct device_options *options)
{
    char name[128];
    if (!options->has_pty && !options->has_tcp) {
        use_terminal();
        return true;
    }
    if (options->has_pty ? !line_open_pty(options->pty_link, name, sizeof name) : !line_open_tcp(options->tcp_port, name, sizeof name)) {
        return fail("cannot open the console", options->has_pty ? (options->pty_link ? options->pty_link : "--pty") : "--tcp");
    }
    printf("console: %s\n", name);
    fflush(stdout);
    return true;
}

static bool open_network(const struct device_options *options)
{
    unsigned port;
    if (!options->has_udp) {
        return true;
    }
    if (!net_open(options->udp_port, &port)) {
        return fail("cannot open the port", "--udp");
    }
    printf("datagrams: udp://127.0.0.1:%u\n", port);
    fflush(stdout);
    return true;
}

int main(int count, char **arguments)
{
    struct device_options options;
    int status = device_options_parse(&options, count, arguments);
    if (status >= 0) {
        return status;
    }
    if (!open_flash(&options) || !open_network(&options) || !open_console(&options)) {
        return FAILED;
    }
    void *memory = mmap(NULL, options.memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        fail("there is no memory of this size", "--memory");
        return FAILED;
    }
    struct fw_options fw = {memory, options.memory_bytes};
    return fw_main(&fw);
}

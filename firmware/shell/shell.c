/* The shell's round: what comes from the line and the network goes to the console or to the management protocol, what these say goes out. */
#include "shell/shell.h"

#include "app/app.h"
#include "base/bits.h"
#include "hal/clock.h"
#include "hal/console.h"
#include "hal/net.h"
#include "hal/system.h"
#include "shell/terminal.h"
#include "shell/smp.h"

#define HELD_MS 50      /* so long a byte waits for the one that would make it the start of a frame */
#define STALE_MS 2000   /* after so much silence what there is of a message is forgotten */
#define STUCK_MS 500    /* after so long a response that nobody takes is given up for the next */
#define DRAIN_MS 50     /* for the machine's own queue, before a reset */
#define RESET_MS 1000   /* so long a reset waits for its response to be taken */
#define DATAGRAMS_MAX 4        /* in a round */

struct mote_shell {
    struct mote_allocator allocator;
    struct mote_frame_reader reader;
    uint32_t input_ms;      /* when the last byte came */
    uint32_t reset_ms;      /* when a reset was asked for */
    bool is_resetting;
    bool is_input_closed;
    bool is_from_network;   /* the request that will be answered later */
    bool has_message;       /* in `request`, of the line, waiting until it can be answered */
    bool is_message_whole;
    uint8_t input_at, input_size;
    uint8_t input[64];      /* bytes of the line, in the middle of which a message may have ended */
    struct mote_line line;
    struct mote_terminal terminal;
    struct mote_smp smp;
    uint8_t request[MOTE_SMP_BYTES];
};

enum mote_error mote_shell_new(const struct mote_shell_options *options, struct mote_shell **out)
{
    struct mote_shell *shell = options->allocator.resize(options->allocator.user, NULL, 0, sizeof *shell);
    *out = shell;
    if (!shell) {
        return MOTE_ERROR_NO_MEMORY;
    }
    memset(shell, 0, sizeof *shell);
    shell->allocator = options->allocator;
    mote_frame_reader_init(&shell->reader, shell->request, sizeof shell->request);
    shell->smp.line = &shell->line;
    shell->smp.reader = &shell->reader;
    mote_smp_init(&shell->smp, options->app, options->files);
    mote_terminal_init(&shell->terminal, &shell->line, options->app, options->files);
    return MOTE_ERROR_NONE;
}

void mote_shell_free(struct mote_shell *shell)
{
    if (shell) {
        mote_smp_fs_close(&shell->smp);
        shell->allocator.resize(shell->allocator.user, shell, sizeof *shell, 0);
    }
}

/* ---- Messages ---------------------------------------------------------------------------------------------------- */

static void send(struct mote_shell *shell, size_t size)
{
    if (size > 0 && ENABLED(CONFIG_PORT_HAS_NET) && shell->is_from_network) {
        hal_net_send(shell->smp.response, size);
    } else if (size > 0) {
        mote_line_send(&shell->line, shell->smp.response, size);
    }
}

static bool is_line_busy(const struct mote_shell *shell)
{
    return mote_line_is_sending(&shell->line) && mote_app_now_ms() - shell->line.sent_ms < STUCK_MS;
}

/* Answers the message of the line, unless the last response is still on its way; whether it did. */
static bool answer(struct mote_shell *shell)
{
    if (is_line_busy(shell)) {
        return false;
    }
    shell->has_message = false;
    shell->is_from_network = false;
    size_t size = shell->reader.length - 2u;
    send(shell, mote_smp_answer(&shell->smp, shell->request, shell->is_message_whole ? size : MOTE_SMP_BYTES, shell->is_message_whole));
    return true;
}

static void take_datagrams(struct mote_shell *shell)
{
    for (unsigned i = 0; i < DATAGRAMS_MAX; i++) {
        bool is_free = !shell->has_message && !mote_frame_is_inside(&shell->reader) && !is_line_busy(shell);
        size_t size = is_free ? hal_net_receive(shell->request, sizeof shell->request) : 0;
        if (size == 0) {
            return;
        }
        shell->is_from_network = true;
        mote_line_give_up(&shell->line);
        send(shell, mote_smp_answer(&shell->smp, shell->request, size, true));
    }
}

/* ---- The line ---------------------------------------------------------------------------------------------------- */

static void take_byte(struct mote_shell *shell, uint8_t byte)
{
    uint8_t text[2];
    unsigned count;
    enum mote_frame_event event = mote_frame_take(&shell->reader, byte, text, &count);
    for (unsigned i = 0; i < count; i++) {
        mote_terminal_key(&shell->terminal, text[i]);
    }
    shell->has_message = event != MOTE_FRAME_NOTHING;
    shell->is_message_whole = event == MOTE_FRAME_MESSAGE;
}

/* Silence: what was begun is not going on. */
static void take_silence(struct mote_shell *shell, uint32_t silent_ms)
{
    uint8_t held;
    if (silent_ms > HELD_MS && mote_frame_take_held(&shell->reader, &held)) {
        mote_terminal_key(&shell->terminal, held);
    }
    if (silent_ms > STALE_MS) {
        mote_frame_drop(&shell->reader);
    }
}

static void read_line(struct mote_shell *shell)
{
    intptr_t count = shell->is_input_closed ? 0 : hal_console_read(shell->input, sizeof shell->input);
    uint32_t now_ms = mote_app_now_ms();
    if (count > 0) {
        shell->input_at = 0;
        shell->input_size = (uint8_t)count;
        shell->input_ms = now_ms;
    } else if (count == HAL_CONSOLE_AGAIN) {
        take_silence(shell, now_ms - shell->input_ms);
    } else if (shell->is_input_closed) {
        hal_clock_sleep_ns(5000000);
    } else {
        shell->is_input_closed = true;
        mote_terminal_end(&shell->terminal);
    }
}

static void take_input(struct mote_shell *shell)
{
    if (shell->has_message && !answer(shell)) {
        hal_clock_sleep_ns(1000000); /* the response before is being written meanwhile */
        return;
    }
    if (shell->input_at == shell->input_size) {
        read_line(shell);
    }
    while (shell->input_at < shell->input_size && !shell->has_message) {
        take_byte(shell, shell->input[shell->input_at++]);
        if (shell->has_message) {
            answer(shell);
        }
    }
}

/* ---- Rounds ------------------------------------------------------------------------------------------------------ */

/* Modules that want files from now on wait until the reset. */
static void format(struct mote_shell *shell)
{
    struct mote_vfs *files = shell->smp.files;
    if (files) {
        while (!mote_vfs_wait(files)) {
        }
        files->is_busy = true;
    }
    mote_littlefs_format(&shell->allocator);
}

/* Resets the device as soon as whoever asked for it has been answered. */
static void reset_when_answered(struct mote_shell *shell, bool is_all_said, unsigned wants)
{
    uint32_t now_ms = mote_app_now_ms();
    shell->reset_ms = shell->is_resetting ? shell->reset_ms : now_ms;
    shell->is_resetting = true;
    if (is_all_said || now_ms - shell->reset_ms > RESET_MS) {
        mote_smp_fs_close(&shell->smp);
        while (mote_app_now_ms() - now_ms < DRAIN_MS) {
            hal_clock_sleep_ns(DRAIN_MS * 1000000u);
        }
        if (wants == MOTE_WANTS_FORMAT) {
            format(shell);
        }
        hal_system_reset();
    }
}

bool mote_shell_step(struct mote_shell *shell)
{
    take_input(shell);
    if (ENABLED(CONFIG_PORT_HAS_NET)) {
        take_datagrams(shell);
    }
    send(shell, mote_smp_step(&shell->smp));
    mote_terminal_step(&shell->terminal);
    bool is_all_said = mote_line_pump(&shell->line);
    unsigned wants = shell->smp.wants_reset | shell->terminal.wants_reset;
    if (wants) {
        reset_when_answered(shell, is_all_said, wants);
    }
    bool can_hear = !shell->is_input_closed || (ENABLED(CONFIG_PORT_HAS_NET) && hal_net_is_open());
    return can_hear || shell->terminal.is_busy || !is_all_said;
}

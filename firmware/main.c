/* What starts, in which order; and the main loop. */
#include "main.h"

#include "app/app.h"
#include "base/bits.h"
#include "base/text.h"
#include "hal/console.h"
#include "hal/thread.h"
#include "host/wasi/vfs.h"
#include "shell/shell.h"

#define WATCHDOG_MS 8000

static int fail(const char *what, enum mote_error error)
{
    char line[80];
    struct mote_text text = mote_text_begin(line, sizeof line);
    mote_text_string(&text, "mote: ");
    mote_text_string(&text, what);
    mote_text_string(&text, ": ");
    mote_text_string(&text, mote_error_text(error));
    mote_text_string(&text, "\n");
    hal_console_write(HAL_CONSOLE_ERR, line, mote_string_length(line));
    return 1;
}

/* NULL: there are none, or they are damaged and somebody has to format them. */
static struct mote_vfs *mount_files(const struct mote_allocator *allocator)
{
    struct mote_vfs *files = NULL;
    if (ENABLED(CONFIG_HOST_FILES)) {
        mote_littlefs_mount(allocator, &files);
    }
    return files;
}

int fw_main(const struct fw_options *options)
{
    hal_lock();
    struct mote_app_options app_options = {
        .allocator = mote_pool_allocator(options->memory, options->memory_bytes),
        .watchdog_ms = WATCHDOG_MS,
    };
    struct mote_app *app;
    struct mote_shell *shell;
    if (!app_options.allocator.resize) {
        return fail("cannot start", MOTE_ERROR_NO_MEMORY);
    }
    app_options.files = mount_files(&app_options.allocator);
    enum mote_error error = mote_app_new(&app_options, &app);
    if (error != MOTE_ERROR_NONE) {
        return fail("cannot start the app", error);
    }
    struct mote_shell_options shell_options = {app, app_options.files, app_options.allocator};
    error = mote_shell_new(&shell_options, &shell);
    if (error != MOTE_ERROR_NONE) {
        return fail("cannot start the shell", error);
    }
    while (mote_shell_step(shell)) {
        mote_app_step(app);
    }
    mote_shell_free(shell);
    mote_app_free(app);
    hal_unlock();
    return 0;
}

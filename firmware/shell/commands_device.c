/* Commands of the console about the device itself. */
#include "base/bits.h"
#include "base/config.h"
#include "hal/system.h"
#include "mote_version.h"
#include "shell/command.h"
#include "shell/file_path.h"
#include "shell/words.h"

static bool print_help(struct mote_job *job, struct mote_text *page)
{
    const struct mote_command *command = mote_command_at(job->round);
    if (command) {
        mote_text_format(page, "%8s %14s %s\n", command->name, command->args, command->help);
    }
    return command != NULL;
}

static bool print_memory(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_memory memory = mote_app_memory(job->app);
    mote_text_format(page, "RAM: %u bytes, %u free, %u used, at most %u\n", memory.total_bytes, memory.total_bytes - memory.used_bytes,
                     memory.used_bytes, memory.peak_bytes);
    return false;
}

static bool print_space(struct mote_job *job, struct mote_text *page)
{
    struct mote_store_space store = mote_app_space(job->app);
    uint32_t total = 0, left = 0;
    enum mote_errno error = mote_file_check(job->files);
    if (error == MOTE_ERRNO_SUCCESS) {
        job->files->ops->space(job->files, &total, &left);
    }
    mote_text_format(page, "store: %u bytes, %u used, room for %u; erased %u times\nfiles: %u bytes, %u free %s\n", store.size_bytes,
                     store.used_bytes, store.largest_bytes, store.erases_most, total, left, mote_file_error(error).text);
    return false;
}

static bool print_info(struct mote_job *job, struct mote_text *page)
{
    (void)job;
    uint64_t build = mote_build_id();
    mote_text_format(page, "mote " MOTE_VERSION " on " CONFIG_BOARD " (" CONFIG_TARGET "), build %x %x\nlast reset: %s\nengines:",
                     (uint32_t)(build >> 32), (uint32_t)build, mote_reset_word(hal_system_reset_reason()));
    for (uint32_t i = 0; mote_engine_word(i); i++) {
        mote_text_format(page, " %s", mote_engine_word(i));
    }
    mote_text_string(page, "\n");
    return false;
}

static bool print_uptime(struct mote_job *job, struct mote_text *page)
{
    uint32_t up_ms = mote_app_up_ms(job->app);
    mote_text_format(page, "%u.%u s\n", up_ms / 1000, up_ms / 100 % 10);
    return false;
}

static bool print_crash(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_crash crash;
    if (!mote_app_crash(job->app, &crash)) {
        mote_text_string(page, "nothing has crashed\n");
        return false;
    }
    if (job->round == 0) {
        mote_text_format(page, "crash %u: %s: %s, after %u ms%s\n", crash.number, crash.name[0] ? crash.name : "the firmware", crash.reason,
                         crash.up_ms, crash.was_before_reset ? ", before the reset" : "");
    } else if (crash.frames[job->round - 1].offset == MOTE_NO_INDEX) {
        mote_text_format(page, "  function %u\n", crash.frames[job->round - 1].funcidx);
    } else {
        mote_text_format(page, "  function %u at %x\n", crash.frames[job->round - 1].funcidx, crash.frames[job->round - 1].offset);
    }
    return job->round < crash.frame_count;
}

static bool reboot(struct mote_job *job, struct mote_text *page)
{
    (void)page;
    job->wants_reset = MOTE_WANTS_RESET;
    return false;
}

static const struct mote_command commands[] = {
    {"help", "", "this list", 0, 0, print_help},
    {"info", "", "what this device is", 0, 0, print_info},
    {"uptime", "", "how long it has been up", 0, 0, print_uptime},
    {"free", "", "RAM", 0, 0, print_memory},
    {"df", "", "flash", 0, 0, print_space},
    {"crash", "", "the last crash", 0, 0, print_crash},
    {"reboot", "", "starts the device anew", 0, 0, reboot},
};

const struct mote_command_group mote_commands_device = {commands, MOTE_COUNT(commands)};

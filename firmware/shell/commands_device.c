/* Commands of the console about the device itself. */
#include "base/bits.h"
#include "base/config.h"
#include "hal/system.h"
#include "mote_version.h"
#include "host/wasi/vfs.h"
#include "shell/command.h"
#include "shell/words.h"

static bool print_help(struct mote_job *job, struct mote_text *page)
{
    const struct mote_command *command = mote_command_at(job->round);
    if (!command) {
        return false;
    }
    char usage[40];
    struct mote_text text = mote_text_begin(usage, sizeof usage);
    mote_text_string(&text, command->name);
    mote_text_string(&text, " ");
    mote_text_string(&text, command->args);
    mote_print_column(page, usage, 24);
    mote_text_string(page, command->help);
    mote_text_string(page, "\n");
    return true;
}

static bool print_memory(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_memory memory = mote_app_memory(job->app);
    mote_print_field(page, "RAM: total", memory.total_bytes);
    mote_print_field(page, ", used", memory.used_bytes);
    mote_print_field(page, ", free", memory.total_bytes - memory.used_bytes);
    mote_print_field(page, ", most ever used", memory.peak_bytes);
    mote_text_string(page, " bytes\n");
    return false;
}

static bool print_space(struct mote_job *job, struct mote_text *page)
{
    struct mote_store_space store = mote_app_space(job->app);
    mote_print_field(page, "store: total", store.size_bytes);
    mote_print_field(page, ", used", store.used_bytes);
    mote_print_field(page, ", room for", store.largest_bytes);
    mote_print_field(page, " bytes, erased", store.erases_most);
    mote_text_string(page, " times at most\n");
    uint32_t total = 0, left = 0;
    if (job->files) {
        job->files->ops->space(job->files, &total, &left);
    }
    mote_print_field(page, "files: total", total);
    mote_print_field(page, ", free", left);
    mote_text_string(page, " bytes\n");
    return false;
}

static bool print_info(struct mote_job *job, struct mote_text *page)
{
    (void)job;
    uint64_t build = mote_build_id();
    mote_text_string(page, "mote " MOTE_VERSION " on " CONFIG_BOARD " (" CONFIG_TARGET "), build ");
    mote_text_hex(page, (uint32_t)(build >> 32));
    mote_text_string(page, " ");
    mote_text_hex(page, (uint32_t)build);
    mote_text_string(page, "\nengines:");
    for (uint32_t i = 0; mote_engine_word(i); i++) {
        mote_text_string(page, " ");
        mote_text_string(page, mote_engine_word(i));
    }
    mote_text_string(page, "\nlast reset: ");
    mote_text_string(page, mote_reset_word(hal_system_reset_reason()));
    mote_text_string(page, "\n");
    return false;
}

static bool print_uptime(struct mote_job *job, struct mote_text *page)
{
    mote_print_time(page, job->up_ms, 0);
    mote_text_string(page, "\n");
    return false;
}

static void print_frame(const struct mote_app_crash *crash, uint32_t i, struct mote_text *page)
{
    mote_print_field(page, "  in function", crash->frames[i].funcidx);
    if (crash->frames[i].offset != MOTE_NO_INDEX) {
        mote_text_string(page, " at ");
        mote_text_hex(page, crash->frames[i].offset);
    }
    mote_text_string(page, "\n");
}

static bool print_crash(struct mote_job *job, struct mote_text *page)
{
    struct mote_app_crash crash;
    if (!mote_app_crash(job->app, &crash)) {
        mote_text_string(page, "nothing has crashed\n");
        return false;
    }
    if (job->round > 0) {
        print_frame(&crash, job->round - 1, page);
        return job->round < crash.frame_count;
    }
    mote_text_string(page, crash.name[0] ? crash.name : "the firmware");
    mote_text_string(page, ": ");
    mote_text_string(page, crash.reason);
    mote_text_string(page, ", after ");
    mote_print_time(page, crash.up_ms, 0);
    mote_print_field(page, "(crash", crash.number);
    mote_text_string(page, crash.was_before_reset ? ", before the last reset)\n" : ")\n");
    return crash.frame_count > 0;
}

static bool reboot(struct mote_job *job, struct mote_text *page)
{
    (void)page;
    job->wants_reset = true;
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

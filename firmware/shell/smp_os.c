/* Group 0, the operating system: echo, tasks, memory, reset, parameters, names. */
#include "base/bits.h"
#include "base/config.h"
#include "base/text.h"
#include "hal/clock.h"
#include "hal/system.h"
#include "mote_version.h"
#include "shell/smp.h"

#define INVALID_FORMAT 2

static const uint8_t plain[] = {[1] = MOTE_SMP_UNKNOWN, [INVALID_FORMAT] = MOTE_SMP_INVALID};

static int echo(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_cbor_item text = mote_cbor_find(body, "d");
    if (text.kind != MOTE_CBOR_TEXT) {
        return -MOTE_SMP_INVALID;
    }
    mote_cbor_put_text(&smp->out, "r");
    mote_cbor_put_text_n(&smp->out, (const char *)text.bytes, text.size);
    return 0;
}

static void put_task(struct mote_smp *smp, const char *name, unsigned priority, uint32_t id, unsigned state, uint64_t runtime_ms)
{
    mote_cbor_put_text(&smp->out, name);
    mote_cbor_begin_map(&smp->out);
    mote_smp_put_uint(smp, "prio", priority);
    mote_smp_put_uint(smp, "tid", id);
    mote_smp_put_uint(smp, "state", state);
    mote_smp_put_uint(smp, "runtime", runtime_ms);
    mote_cbor_end(&smp->out);
}

/* The main thread, and "name.id" for each run. */
static int tell_tasks(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_cbor_put_text(&smp->out, "tasks");
    mote_cbor_begin_map(&smp->out);
    put_task(smp, "main", 0, 0, MOTE_RUN_RUNNING, (hal_clock_now_ns() - smp->started_ns) / 1000000);
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_run run;
        char name[MOTE_STORE_NAME_BYTES + 12];
        struct mote_text text = mote_text_begin(name, sizeof name);
        if (mote_app_run(smp->app, i, &run)) {
            mote_text_string(&text, run.name);
            mote_text_string(&text, ".");
            mote_text_decimal(&text, run.id);
            put_task(smp, name, 1, run.id, run.state, run.up_ms);
        }
    }
    mote_cbor_end(&smp->out);
    return 0;
}

static int tell_memory(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_memory memory = mote_app_memory(smp->app);
    mote_cbor_put_text(&smp->out, "heap");
    mote_cbor_begin_map(&smp->out);
    mote_smp_put_uint(smp, "blksize", 1);
    mote_smp_put_uint(smp, "nblks", memory.total_bytes);
    mote_smp_put_uint(smp, "nfree", memory.total_bytes - memory.used_bytes);
    mote_smp_put_uint(smp, "min", memory.total_bytes - memory.peak_bytes);
    mote_cbor_end(&smp->out);
    return 0;
}

static int reset(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    smp->wants_reset = true;
    return 0;
}

static int tell_parameters(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put_uint(smp, "buf_size", MOTE_SMP_BYTES);
    mote_smp_put_uint(smp, "buf_count", 1);
    return 0;
}

/* One name of the device, by the letter that asks for it. */
static void put_name(struct mote_text *text, char letter)
{
    uint64_t build = mote_build_id();
    switch (letter) {
    case 's': mote_text_string(text, "mote"); break;
    case 'r': mote_text_string(text, MOTE_VERSION); break;
    case 'n':
    case 'i': mote_text_string(text, CONFIG_BOARD); break;
    case 'm':
    case 'p': mote_text_string(text, CONFIG_TARGET); break;
    case 'o': mote_text_string(text, CONFIG_PORT); break;
    default:
        mote_text_hex(text, (uint32_t)(build >> 32));
        mote_text_string(text, "-");
        mote_text_hex(text, (uint32_t)build);
        break;
    }
}

static bool has_letter(const struct mote_cbor_item *format, char letter)
{
    for (size_t i = 0; i < format->size; i++) {
        if (format->bytes[i] == (uint8_t)letter || (format->bytes[i] == 'a' && letter != '\0')) {
            return true;
        }
    }
    return false;
}

/* `format` asks for names by their letters; they come in the order of `letters` whatever the order in which they are asked for. */
static int tell_names(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    static const char letters[] = "snrvmpio"; /* there is no date of the build, 'b' */
    struct mote_cbor_item format = mote_cbor_find(body, "format");
    if (format.kind == MOTE_CBOR_END) {
        format = (struct mote_cbor_item){.kind = MOTE_CBOR_TEXT, .bytes = (const uint8_t *)letters, .size = 1};
    }
    for (size_t i = 0; i < format.size; i++) {
        struct mote_cbor_item all = {.bytes = (const uint8_t *)letters, .size = sizeof letters - 1};
        if (format.kind != MOTE_CBOR_TEXT || (format.bytes[i] != 'a' && !has_letter(&all, (char)format.bytes[i]))) {
            return INVALID_FORMAT;
        }
    }
    char output[160];
    struct mote_text text = mote_text_begin(output, sizeof output);
    for (const char *letter = letters; *letter; letter++) {
        if (has_letter(&format, *letter)) {
            mote_text_string(&text, text.at > output ? " " : "");
            put_name(&text, *letter);
        }
    }
    mote_smp_put_text(smp, "output", output);
    return 0;
}

static const struct mote_smp_command commands[] = {
    {0, true, echo},         {0, false, echo},           {2, false, tell_tasks}, {3, false, tell_memory},
    {5, true, reset},        {6, false, tell_parameters}, {7, false, tell_names},
};

const struct mote_smp_group mote_smp_os = {0, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

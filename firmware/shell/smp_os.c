/* Group 0, the operating system: echo, tasks, memory, reset, parameters, names. */
#include "base/bits.h"
#include "base/config.h"
#include "base/text.h"
#include "mote_version.h"
#include "shell/command.h"
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

/* The main thread, and "name.id" for each run. */
static int tell_tasks(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put(smp, "tasks={main={prio=u tid=u state=u runtime=u}", (uint32_t)0, (uint32_t)0, (uint32_t)MOTE_RUN_RUNNING,
                 mote_app_up_ms(smp->app));
    for (uint32_t i = 0; i < MOTE_APP_RUNS; i++) {
        struct mote_app_run run;
        char name[MOTE_STORE_NAME_BYTES + 12];
        struct mote_text text = mote_text_begin(name, sizeof name);
        if (mote_app_run(smp->app, i, &run)) {
            mote_text_format(&text, "%s.%u", run.name, run.id);
            mote_smp_put(smp, "s{prio=u tid=u state=u runtime=u}", name, (uint32_t)1, run.id, (uint32_t)run.state, run.up_ms);
        }
    }
    mote_smp_put(smp, "}");
    return 0;
}

static int tell_memory(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    struct mote_app_memory memory = mote_app_memory(smp->app);
    mote_smp_put(smp, "heap={blksize=u nblks=u nfree=u min=u}", (uint32_t)1, memory.total_bytes, memory.total_bytes - memory.used_bytes,
                 memory.total_bytes - memory.peak_bytes);
    return 0;
}

static int reset(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    smp->wants_reset |= MOTE_WANTS_RESET;
    return 0;
}

static int tell_parameters(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    (void)body;
    mote_smp_put(smp, "buf_size=u buf_count=u", (uint32_t)MOTE_SMP_BYTES, (uint32_t)1);
    return 0;
}

static bool has_letter(const uint8_t *letters, size_t count, uint8_t letter)
{
    while (count > 0 && letters[count - 1] != letter) {
        count--;
    }
    return count > 0;
}

/* `format` asks for names by their letters, 'a' for all; they come in this order, whatever the order in which they are asked for. There is no date of the build,
   'b', and its number, 'v', is the first half of the build's id. */
static int tell_names(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    static const char *const names[] = {"smote",          "n" CONFIG_BOARD,  "r" MOTE_VERSION, "v",
                                        "m" CONFIG_TARGET, "p" CONFIG_TARGET, "i" CONFIG_BOARD, "o" CONFIG_PORT};
    struct mote_cbor_item format = mote_cbor_find(body, "format");
    if (format.kind != MOTE_CBOR_TEXT) {
        format.bytes = (const uint8_t *)"s";
        format.size = 1;
    }
    for (size_t i = 0; i < format.size; i++) {
        if (!has_letter((const uint8_t *)"snrvmpioa", 9, format.bytes[i])) {
            return INVALID_FORMAT;
        }
    }
    char output[160];
    struct mote_text text = mote_text_begin(output, sizeof output);
    for (unsigned i = 0; i < MOTE_COUNT(names); i++) {
        uint8_t letter = (uint8_t)names[i][0];
        if (has_letter(format.bytes, format.size, letter) || has_letter(format.bytes, format.size, 'a')) {
            mote_text_format(&text, "%s%s", text.at > output ? " " : "", names[i] + 1);
            if (letter == 'v') {
                mote_text_hex(&text, (uint32_t)(mote_build_id() >> 32));
            }
        }
    }
    mote_smp_put(smp, "output=s", output);
    return 0;
}

static const struct mote_smp_command commands[] = {
    {0, true, echo},         {0, false, echo},           {2, false, tell_tasks}, {3, false, tell_memory},
    {5, true, reset},        {6, false, tell_parameters}, {7, false, tell_names},
};

const struct mote_smp_group mote_smp_os = {0, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

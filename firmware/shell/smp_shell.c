/* Group 9, shell: runs a command of the console and returns what it prints. */
#include "base/bits.h"
#include "shell/command.h"
#include "shell/smp.h"

#define INVALID_FORMAT 2

static const uint8_t plain[] = {[1] = MOTE_SMP_UNKNOWN, [INVALID_FORMAT] = MOTE_SMP_INVALID};

/* The command line: a list of words, each of which may hold spaces. */
static bool take_words(struct mote_job *job, const struct mote_cbor_item *body)
{
    struct mote_cbor_item list = mote_cbor_find(body, "argv");
    struct mote_cbor_item word;
    while ((word = mote_cbor_next(&list.items)).kind == MOTE_CBOR_TEXT) {
        if (!mote_job_add(job, (const char *)word.bytes, word.size)) {
            return false;
        }
    }
    return list.kind == MOTE_CBOR_LIST && word.kind == MOTE_CBOR_END && job->argc > 0;
}

/* Puts what the job prints as a text; what finds no room is left out. */
static void put_output(struct mote_smp *smp, struct mote_job *job)
{
    size_t room, size = 0;
    char *text = (char *)mote_smp_room(smp, 8, &room);
    struct mote_text_filter filter = {.held = 0};
    struct mote_page page;
    bool goes_on = true;
    while (goes_on && size + 2 * MOTE_PAGE_BYTES <= room) { /* a byte of a page may become two */
        goes_on = mote_job_round(job, &page);
        for (size_t i = 0; i < mote_page_size(&page); i++) {
            char out[4];
            unsigned count = mote_text_filter(&filter, (uint8_t)page.bytes[i], out);
            memcpy(text + size, out, count);
            size += count;
        }
    }
    mote_cbor_put_text(&smp->out, "o");
    mote_cbor_put_text_n(&smp->out, text, size);
}

static int execute(struct mote_smp *smp, const struct mote_cbor_item *body)
{
    struct mote_job job = {.app = smp->app, .files = smp->files};
    mote_job_begin(&job);
    if (!take_words(&job, body)) {
        return INVALID_FORMAT;
    }
    put_output(smp, &job);
    mote_smp_put(smp, "ret=u", (uint32_t)job.status);
    smp->wants_reset |= job.wants_reset;
    return 0;
}

static const struct mote_smp_command commands[] = {{0, true, execute}};

const struct mote_smp_group mote_smp_shell = {9, MOTE_COUNT(commands), MOTE_COUNT(plain), commands, plain};

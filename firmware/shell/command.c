/* Jobs: from words to the rounds of a command; see command.h. */
#include "shell/command.h"

#include "base/bits.h"

#define COMMAND_GROUP(name) extern const struct mote_command_group mote_commands_##name;
#include "command_groups.inc"
#undef COMMAND_GROUP

static const struct mote_command_group *const groups[] = {
#define COMMAND_GROUP(name) &mote_commands_##name,
#include "command_groups.inc"
#undef COMMAND_GROUP
};

const struct mote_command *mote_command_at(uint32_t i)
{
    for (unsigned group = 0; group < MOTE_COUNT(groups); group++) {
        if (i < groups[group]->count) {
            return &groups[group]->commands[i];
        }
        i -= groups[group]->count;
    }
    return NULL;
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

void mote_job_begin(struct mote_job *job)
{
    job->command = NULL;
    job->round = job->at = job->run = 0;
    job->wants_line = false;
    job->wants_reset = job->status = job->argc = 0;
}

/* The first byte behind the last word. */
static char *end_of_words(struct mote_job *job)
{
    if (job->argc == 0) {
        return job->text;
    }
    const char *last = job->argv[job->argc - 1];
    return job->text + (last - job->text) + mote_string_length(last) + 1;
}

bool mote_job_add(struct mote_job *job, const char *arg, size_t length)
{
    char *to = end_of_words(job);
    if (job->argc == MOTE_JOB_ARGS || length >= (size_t)(job->text + sizeof job->text - to)) {
        return false;
    }
    memcpy(to, arg, length);
    to[length] = '\0';
    job->argv[job->argc++] = to;
    return true;
}

bool mote_job_add_line(struct mote_job *job, const char *line)
{
    for (;;) {
        while (*line == ' ') {
            line++;
        }
        if (*line == '\0') {
            return true;
        }
        char quote = *line == '"' || *line == '\'' ? *line++ : '\0';
        size_t length = 0;
        while (line[length] && line[length] != (quote ? quote : ' ')) {
            length++;
        }
        if ((quote && line[length] != quote) || !mote_job_add(job, line, length)) {
            return false;
        }
        line += length + (quote != '\0');
    }
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
    size_t length = mote_string_length(a);
    return length == mote_string_length(b) && memcmp(a, b, length) == 0;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters must be put in, left out or changed to make one name of the other (Levenshtein); names of up to 15. */
static unsigned distance(const char *a, const char *b)
{
    uint8_t row[16];
    size_t width = mote_string_length(b);
    if (width >= sizeof row || mote_string_length(a) >= sizeof row) {
        return UINT8_MAX;
    }
    for (unsigned j = 0; j <= width; j++) {
        row[j] = (uint8_t)j;
    }
    for (; *a; a++) {
        unsigned diagonal = row[0]++;
        for (unsigned j = 0; j < width; j++) {
            unsigned changed = diagonal + (*a != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = (uint8_t)least(changed, least(row[j], diagonal) + 1);
        }
    }
    return row[width];
}

static bool fail_unknown(struct mote_job *job, struct mote_text *page)
{
    const char *nearest = "help";
    unsigned least_distance = 3;
    const struct mote_command *command;
    for (uint32_t i = 0; (command = mote_command_at(i)) != NULL; i++) {
        unsigned far = distance(job->argv[0], command->name);
        if (far < least_distance) {
            least_distance = far;
            nearest = command->name;
        }
    }
    mote_text_format(page, "%s: unknown command; try %s\n", job->argv[0], nearest);
    job->status = 1;
    return false;
}

static const struct mote_command *find_command(const char *name)
{
    const struct mote_command *command;
    for (uint32_t i = 0; (command = mote_command_at(i)) != NULL && !is_same(command->name, name); i++) {
    }
    return command;
}

/* ---- Rounds ------------------------------------------------------------------------------------------------------ */

static bool run_round(struct mote_job *job, struct mote_text *page)
{
    if (job->argc == 0) {
        return false;
    }
    if (!job->command) {
        job->command = find_command(job->argv[0]);
    }
    if (!job->command) {
        return fail_unknown(job, page);
    }
    unsigned count = job->argc - 1u;
    if (count < job->command->arg_min || count > job->command->arg_max) {
        mote_text_format(page, "usage: %s %s\n", job->command->name, job->command->args);
        job->status = 1;
        return false;
    }
    return job->command->round(job, page);
}

bool mote_job_round(struct mote_job *job, struct mote_page *page)
{
    page->text = mote_text_begin(page->bytes, sizeof page->bytes);
    job->wants_line = false;
    bool goes_on = run_round(job, &page->text);
    job->round++;
    return goes_on;
}

size_t mote_page_size(const struct mote_page *page)
{
    return (size_t)(page->text.at - page->bytes);
}

/* ---- For commands ------------------------------------------------------------------------------------------------ */

bool mote_job_fail(struct mote_job *job, struct mote_text *page, const char *what, const char *why)
{
    mote_text_format(page, "%s: %s\n", what, why);
    job->status = 1;
    return false;
}

bool mote_job_check(struct mote_job *job, struct mote_text *page, const char *what, enum mote_error error)
{
    return error != MOTE_ERROR_NONE && mote_job_fail(job, page, what, mote_error_text(error));
}

bool mote_parse_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || (value = value * 10 + (uint64_t)(*text - '0')) > UINT32_MAX) {
            return false;
        }
    }
    *number = (uint32_t)value;
    return true;
}

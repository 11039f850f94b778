/* The text console; see terminal.h. */
#include "shell/terminal.h"

#include "base/bits.h"
#include "mote_version.h"

#define PROMPT "mote> "
#define NO_PROMPT ""
#define QUIET_MS 250  /* so long after a message the prompt comes back */
#define AT_ONCE_MS 20 /* so long a command may take before other input is looked at */
#define ROUNDS_MAX 16 /* of a job, at a time */

static void say(struct mote_terminal *terminal, const char *text)
{
    mote_line_text(terminal->line, text, mote_string_length(text));
}

/* Shows the line again after something else came in between. */
static void draw(struct mote_terminal *terminal)
{
    terminal->line->was_interrupted = false;
    if (!terminal->is_busy || terminal->job.run != 0) {
        mote_editor_draw(&terminal->editor);
    }
}

static void prompt(struct mote_terminal *terminal)
{
    mote_line_end_line(terminal->line);
    terminal->editor.prompt = PROMPT;
    mote_editor_clear(&terminal->editor);
    draw(terminal);
}

void mote_terminal_init(struct mote_terminal *terminal, struct mote_line *line, struct mote_app *app, struct mote_vfs *files)
{
    terminal->line = line;
    terminal->editor.line = line;
    terminal->job.app = app;
    terminal->job.files = files;
    terminal->job.is_on_console = true;
    say(terminal, "mote " MOTE_VERSION " on " CONFIG_BOARD "\n");
    prompt(terminal);
}

/* ---- Jobs -------------------------------------------------------------------------------------------------------- */

static void end_job(struct mote_terminal *terminal)
{
    terminal->is_busy = false;
    terminal->wants_reset |= terminal->job.wants_reset;
    if (!terminal->wants_reset) {
        prompt(terminal);
    }
}

/* One round of the job; false when there is no more to do now. */
static bool go_on(struct mote_terminal *terminal)
{
    struct mote_page page;
    bool has_more = mote_job_round(&terminal->job, &page);
    if (terminal->job.wants_line) {
        mote_line_end_line(terminal->line);
    }
    mote_line_text(terminal->line, page.bytes, mote_page_size(&page));
    if (!has_more) {
        end_job(terminal);
    }
    return has_more && (terminal->job.run == 0 || mote_page_size(&page) > 0);
}

void mote_terminal_step(struct mote_terminal *terminal)
{
    struct mote_line *line = terminal->line;
    if (line->was_interrupted && !mote_line_is_sending(line) && mote_app_now_ms() - line->sent_ms > QUIET_MS) {
        draw(terminal);
    }
    for (unsigned i = 0; i < ROUNDS_MAX && terminal->is_busy && mote_line_room(line) >= MOTE_PAGE_BYTES; i++) {
        if (!go_on(terminal)) {
            break;
        }
    }
}

static void begin_job(struct mote_terminal *terminal)
{
    struct mote_job *job = &terminal->job;
    mote_job_begin(job);
    bool is_right = mote_job_add_line(job, terminal->editor.text);
    mote_editor_clear(&terminal->editor);
    if (!is_right) {
        say(terminal, "a quote is missing, or there are too many words\n");
        prompt(terminal);
        return;
    }
    terminal->editor.prompt = NO_PROMPT;
    terminal->is_busy = true;
    uint32_t start_ms = mote_app_now_ms();
    do { /* most commands are over when the next key is looked at */
        mote_terminal_step(terminal);
        mote_line_pump(terminal->line);
    } while (terminal->is_busy && job->run == 0 && mote_app_now_ms() - start_ms < AT_ONCE_MS);
}

/* ---- Keys -------------------------------------------------------------------------------------------------------- */

static void take_line(struct mote_terminal *terminal)
{
    struct mote_editor *editor = &terminal->editor;
    if (!terminal->is_busy) {
        begin_job(terminal);
        return;
    }
    editor->text[editor->length++] = '\n';
    uint32_t taken = mote_app_input(terminal->job.app, terminal->job.run, editor->text, editor->length);
    if (taken < editor->length) {
        mote_line_keys(terminal->line, "\a", 1); /* the run does not read: what there is no room for is lost */
    }
    mote_editor_clear(editor);
}

static void interrupt(struct mote_terminal *terminal)
{
    say(terminal, "^C\n");
    if (terminal->is_busy && terminal->job.run != 0) {
        mote_app_stop(terminal->job.app, terminal->job.run); /* the job tells how it ended */
    } else {
        end_job(terminal);
    }
}

void mote_terminal_end(struct mote_terminal *terminal)
{
    if (terminal->is_busy && terminal->job.run != 0) {
        mote_app_input_end(terminal->job.app, terminal->job.run);
    }
}

void mote_terminal_key(struct mote_terminal *terminal, uint8_t key)
{
    if (terminal->line->was_interrupted) {
        draw(terminal);
    }
    bool is_printing = terminal->is_busy && terminal->job.run == 0;
    if (is_printing && key != 0x03) {
        return; /* only Ctrl-C reaches a command that prints */
    }
    switch (mote_editor_key(&terminal->editor, key)) {
    case MOTE_EDITOR_NOTHING: break;
    case MOTE_EDITOR_LINE: take_line(terminal); break;
    case MOTE_EDITOR_GARBLED:
        say(terminal, "(line ignored: too long, or garbled on its way)\n");
        draw(terminal);
        break;
    case MOTE_EDITOR_INTERRUPT: interrupt(terminal); break;
    case MOTE_EDITOR_END: mote_terminal_end(terminal); break;
    }
}

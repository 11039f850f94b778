/* What the files of this room share: the state behind app.h, and who does what to it. All of it is the main thread's with the lock held; what a
   run's own thread may touch, with the lock held, is said at struct mote_app_live. */
#ifndef APP_APP_STATE_H
#define APP_APP_STATE_H

#include "app/app.h"
#include "app/manifest.h"
#include "app/output.h"
#include "hal/thread.h"
#include "mote_wasi.h"

/* A module that was sent to RAM: it goes when neither the app nor a run holds it any more. */
struct mote_app_ram {
    uint32_t holds;
    uint32_t prepared_bytes;
    uint8_t *prepared; /* what was made of it; NULL: nothing yet, or there was no memory */
    uint32_t size_bytes;
    char name[MOTE_STORE_NAME_BYTES];
    uint8_t sha256[MOTE_SHA256_BYTES];
    uint8_t bytes[];
};

/* What is to be run: a package or the module in RAM. */
struct mote_app_source {
    const char *name;
    const uint8_t *bytes;
    uint32_t size_bytes;
    const uint8_t *sha256;
    struct mote_app_ram *ram;         /* NULL: a package */
    struct mote_store_record package; /* otherwise */
    const uint8_t *prepared;          /* NULL: none that fits this build */
    uint32_t prepared_bytes;
    uint32_t prepared_record; /* its sequence number in the store */
};

enum mote_app_phase { PHASE_INSTANTIATING, PHASE_RUNNING, PHASE_REFUSED };

/* What a run needs while it runs; one block, made by mote_app_execute. Its thread uses everything from `runtime` on, and sets `phase`, `error` and
   `diag` with the lock held. */
struct mote_app_live {
    struct mote_app *app;
    struct mote_app_slot *slot;
    struct hal_thread *thread;
    void *stack; /* of the machine, as it was allocated */
    uint32_t stack_bytes;
    uint32_t package, prepared; /* sequence numbers of records that must stay where they are; 0: none */
    struct mote_app_ram *ram;
    uint8_t sha256[8];
    enum mote_trap why; /* it was asked to stop: INTERRUPTED or, when its time is over, DEADLINE; NONE: it was not */
    uint32_t stop_ms;   /* when */

    struct mote_runtime *runtime;
    struct mote_module *module;
    struct mote_agent *agent;
    struct mote_instance *instance;
    struct mote_wasi *wasi;
    struct mote_app_host *host; /* what WASI was told, NULL without it */
    struct mote_diag *diag;     /* of whoever waits for the instance; NULL: nobody does any more */
    enum mote_app_phase phase;
    enum mote_error error; /* NONE, or TRAPPED, or why there is no instance */
};

/* A run, from its start until its slot is used again. */
struct mote_app_slot {
    uint32_t id;
    char name[MOTE_STORE_NAME_BYTES];
    uint8_t state;      /* enum mote_app_state */
    uint8_t trap;       /* enum mote_trap */
    uint8_t restart;    /* enum mote_restart, of the manifest */
    uint8_t failures;   /* within the minute that began at failing_ms */
    bool is_attached;
    bool is_interpreted;
    bool is_stopping;
    bool is_input_ended;
    bool must_disable;  /* it failed too often, and the note about it has not been written yet: tried at again_ms */
    uint8_t restarts;   /* shown; stays at 255 */
    uint16_t arg_bytes;
    uint32_t arg_count;
    char *args;         /* NULL: the manifest's */
    uint32_t exit_code;
    uint32_t output_bytes; /* of each ring */
    uint32_t time_ms;      /* that the run may take; 0: no limit */
    const char *engine;
    uint32_t unused_bytes; /* of the machine's stack when somebody last looked, or it ended */
    uint32_t started_ms;
    uint32_t ended_ms;
    uint32_t again_ms;  /* WAITING: when to start it */
    uint32_t touched_ms; /* when somebody last read or wrote its streams */
    uint32_t failing_ms;
    uint32_t delay_ms;  /* before the next restart */
    struct mote_ring in, out, err;
    struct mote_app_live *live; /* NULL: it does not run */
};

struct mote_app_retained;

struct mote_app {
    struct mote_app_options options;
    struct mote_store *store; /* NULL: there is none */
    struct mote_app_retained *retained; /* NULL: the machine has none, or no memory for one */
    struct mote_app_receiving *receiving; /* the upload; NULL: there was none */
    struct mote_app_preparing *preparing; /* NULL: nothing is being prepared */
    struct mote_app_ram *ram;
    uint32_t last_id;
    uint32_t start_ms;
    uint32_t looking;  /* package that is looked at next: prepared, and started after start-up; UINT32_MAX: all have been */
    bool is_prepared;  /* as far as it can be */
    bool has_started;  /* all have been looked at once, or nothing is to be started */
    bool is_crowded;   /* no slot was free for one of them */
    bool is_safe;
    bool is_retained_own;  /* the machine retains nothing: it is from the allocator */
    struct mote_app_slot slots[MOTE_APP_RUNS];
};

/* ---- app.c */
void *mote_app_alloc(struct mote_app *app, size_t size); /* zeros */
void mote_app_release(struct mote_app *app, void *block, size_t size);
/* Sets diag (may be NULL) to an error and more words (may be NULL), and gives the error. */
enum mote_error mote_app_fail(struct mote_diag *diag, enum mote_error error, const char *detail);
bool mote_app_same(const char *a, const char *b);
/* Each round, and between the steps of what takes longer than one. */
void mote_app_feed_watchdog(void *app);

/* ---- package.c: a package by name with what is prepared of it. NOT_FOUND, NO_STORE. */
enum mote_error mote_app_find_package(struct mote_app *app, const char *name, struct mote_app_source *source);
/* Whether its bytes are those that were installed: HASH_MISMATCH. What is prepared of it is left out of the source if that has changed. */
enum mote_error mote_app_check_package(struct mote_app *app, struct mote_app_source *source);
void mote_app_hold_ram(struct mote_app_ram *ram);
void mote_app_drop_ram(struct mote_app *app, struct mote_app_ram *ram);

/* ---- notes.c: what is remembered about a name in flash. */
enum mote_app_note { MOTE_NOTE_NONE, MOTE_NOTE_ON, MOTE_NOTE_OFF, MOTE_NOTE_FAILED };
enum mote_app_note mote_app_note(struct mote_app *app, const char *name);
enum mote_error mote_app_set_note(struct mote_app *app, const char *name, enum mote_app_note note);

/* ---- preparing.c: makes of a module what it is started from (mote_prepare), a few functions a round. Of a package, whose record may still be open
   (it is committed when nothing more can be wrong with it), or of the module in RAM. */
enum mote_error mote_app_preparing_begin(struct mote_app *app, const struct mote_store_record *package, bool is_open,
                                         struct mote_diag *diag);
enum mote_error mote_app_preparing_begin_ram(struct mote_app *app, struct mote_app_ram *ram, struct mote_diag *diag);
/* One round; false while there is more to do. Then `diag` says how it went, and mote_app_preparing_end is due. */
bool mote_app_preparing_step(struct mote_app *app, struct mote_diag *diag);
void mote_app_preparing_end(struct mote_app *app);
void mote_app_preparing_progress(struct mote_app *app, uint32_t *functions, uint32_t *prepared);
/* The package that is being prepared, by its sequence number; 0: none. */
uint32_t mote_app_preparing_package(struct mote_app *app);

/* ---- upload.c */
void mote_app_upload_step(struct mote_app *app);
bool mote_app_upload_is_busy(struct mote_app *app); /* the store or preparing is its */
/* Of a package that is there already: it will be looked at again. Not while an upload is busy. */
void mote_app_interrupt_preparing(struct mote_app *app);
void mote_app_upload_free(struct mote_app *app);

/* ---- execute.c: the inside of a run. Makes slot->live and waits until there is an instance; on an error there is no live. */
struct mote_allocator mote_app_run_allocator(struct mote_app *app); /* of what a run takes */
enum mote_error mote_app_execute(struct mote_app *app, struct mote_app_slot *slot, const struct mote_app_source *source,
                                 const struct mote_manifest *manifest, struct mote_diag *diag);
void mote_app_execute_free(struct mote_app *app, struct mote_app_slot *slot);

/* ---- run.c: sees whether a run has ended, and what became of it. */
void mote_app_run_step(struct mote_app *app, struct mote_app_slot *slot);
/* A slot for a package, which starts in the next round; false: all are in use. */
bool mote_app_start_soon(struct mote_app *app, const char *name);
enum mote_error mote_app_run_again(struct mote_app *app, struct mote_app_slot *slot, struct mote_diag *diag);
/* A run that could not start: its log and the crash record are to say why. */
void mote_app_run_failed(struct mote_app *app, struct mote_app_slot *slot, const char *why);
bool mote_app_runs_package(struct mote_app *app, const char *name);
bool mote_app_is_pinned(void *app, uint32_t sequence);
void mote_app_free_slot(struct mote_app *app, struct mote_app_slot *slot);
/* What the run that ended first had printed goes, for its memory; false: there is no such run. */
bool mote_app_forget_oldest(struct mote_app *app);

/* ---- supervisor.c */
void mote_app_supervise(struct mote_app *app);
/* Packages may have to be prepared that were not at start-up. Nothing is started by this. */
void mote_app_look_again(struct mote_app *app);
/* It failed too often, whether there is a note about it already or not. */
bool mote_app_is_given_up(const struct mote_app *app, const char *name);
/* What failed of it does not count any more: somebody wants it, there is another version, or it is gone: then no run of it starts again. */
void mote_app_forgive(struct mote_app *app, const char *name, bool is_gone);
/* A run has ended by itself: decides whether it is to start again. */
void mote_app_run_ended(struct mote_app *app, struct mote_app_slot *slot);

/* ---- crash.c */
void mote_app_crash_open(struct mote_app *app);
void mote_app_crash_close(struct mote_app *app);
/* The machine has been up for long enough: what counts towards safe mode is forgotten. */
void mote_app_crash_settled(struct mote_app *app);
/* Writes the record of a run that has just ended badly, while its live part is still there. `fault` may be NULL. */
void mote_app_crash_of(struct mote_app *app, const struct mote_app_slot *slot, const struct hal_fault *fault);
/* Of a package that could not start. */
void mote_app_crash_at_start(struct mote_app *app, const char *name, const char *why);

#endif

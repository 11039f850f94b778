/* What runs on a device: packages in the store, modules that were sent to RAM, and the runs of both. Both faces of the device (console, management) call
   these functions and no others. All of it belongs to the main thread with the lock held; each run has a thread of its own, which only
   run.c knows. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/store.h"
#include "base/config.h"
#include "mote.h"

struct mote_app; /* the one state of all this; made by mote_app_new */

struct mote_vfs;

struct mote_app_options {
    struct mote_allocator allocator; /* memory for everything: runs, uploads, the store's index */
    struct mote_vfs *files;          /* NULL: no files */
    bool is_safe;                    /* nothing is started by itself: somebody wants it so */
    uint32_t watchdog_ms;            /* of the machine's watchdog, which each round feeds; 0: none is used */
    uint32_t restart_ms;             /* before a module that failed starts for the second time; twice as long each time, up to 60 times this. Five failures in
                                        60 times this are too many; an upload of which no more comes for 10 times this is given up. 0: a second */
};

/* Opens the store. What is to be started by itself is started in the rounds that follow, unless `is_safe` or the machine itself has failed too often
   soon after its start. Errors: NO_MEMORY. A machine without a store, or whose store failed, goes on without one. */
enum mote_error mote_app_new(const struct mote_app_options *options, struct mote_app **out);
void mote_app_free(struct mote_app *app);

/* One round of the supervisor: ends what has ended, restarts what is to be restarted, enforces quotas, goes on with preparing, feeds the watchdog. Called by
   the main loop at least every 10 ms; takes at most about 20 ms apart from erasing flash, the hash of a package that
   starts for the first time, and loading one of which nothing is prepared. */
void mote_app_step(struct mote_app *app);

/* ---- Packages ---------------------------------------------------------------------------------------------------- */

struct mote_app_package {
    char name[MOTE_STORE_NAME_BYTES];
    char version[24];          /* of the manifest; "" without one */
    uint32_t size_bytes;
    uint8_t sha256[MOTE_SHA256_BYTES];
    const char *engine;        /* "native", "interpreter", or "" while it is not prepared */
    bool is_autostarted;
    bool is_disabled;          /* by the supervisor: it failed too often */
    bool has_previous;
    char previous_version[24];
};
/* Package i of the store; false past the last. */
bool mote_app_package(struct mote_app *app, uint32_t i, struct mote_app_package *package);

/* Receiving a module: into the store or, `to_ram`, into memory (there a name of "" stands for that of its manifest). One at a time; beginning another forgets the one before.
   `*at`: bytes that are there already, when an interrupted upload of the same bytes goes on. Errors: BAD_NAME, STORE_FULL, NO_MEMORY, NO_STORE, BUSY. */
struct mote_app_upload {
    bool to_ram;
    char name[MOTE_STORE_NAME_BYTES];
    uint32_t size_bytes;
    uint8_t sha256[MOTE_SHA256_BYTES];
};
enum mote_error mote_app_upload_begin(struct mote_app *app, const struct mote_app_upload *upload, uint32_t *at, struct mote_diag *diag);
/* The bytes from `offset` on. Bytes that are there already are skipped; a gap is refused: `*at` (where to go on) is set in any case. With the last byte
   the hash is checked, and a package is prepared in the rounds that follow: mote_app_upload_state. */
enum mote_error mote_app_upload_data(struct mote_app *app, uint32_t offset, const void *data, uint32_t size, uint32_t *at, struct mote_diag *diag);
void mote_app_upload_cancel(struct mote_app *app);

enum mote_app_upload_phase { MOTE_UPLOAD_NONE, MOTE_UPLOAD_RECEIVING, MOTE_UPLOAD_PREPARING, MOTE_UPLOAD_DONE, MOTE_UPLOAD_FAILED };
struct mote_app_upload_state {
    enum mote_app_upload_phase phase;
    struct mote_app_upload upload;
    uint32_t at;                  /* bytes received */
    uint32_t functions, prepared; /* of the module */
    struct mote_diag diag;        /* of FAILED; of DONE a message may say why native code is not used */
};
void mote_app_upload_state(struct mote_app *app, struct mote_app_upload_state *state);

/* Errors: NOT_FOUND, BUSY (it runs), UPLOADING (the store is taken up by an upload), FLASH_FAILED. Of a package that is removed no run starts again. */
enum mote_error mote_app_remove(struct mote_app *app, const char *name);
enum mote_error mote_app_rollback(struct mote_app *app, const char *name);
/* Starts by itself again, also after it was disabled; or not any more, whatever its manifest says. */
enum mote_error mote_app_enable(struct mote_app *app, const char *name, bool is_enabled);

/* ---- Runs -------------------------------------------------------------------------------------------------------- */

#define MOTE_APP_RUNS CONFIG_APP_RUNS
#define MOTE_APP_ARGS_BYTES 256

struct mote_app_start {
    const char *name;        /* of a package; NULL: the module in RAM */
    const char *args;        /* arguments behind the program's name, each with a zero byte at its end; NULL: the manifest's */
    uint32_t arg_count;
    bool is_attached;        /* somebody reads the output and writes the input: nothing is dropped, the run waits when its streams are full or empty. Otherwise
                                old output is overwritten, and input is at its end. A run whose streams nobody touches for 10 s is detached */
    bool is_interpreted;     /* also where native code fits */
};
/* Starts a run; *id (never 0) names it until its slot is used again. Errors: NOT_FOUND, TOO_MANY, NO_MEMORY, and those of loading and
   instantiating, with their diag. A run that traps before main shows as ended. */
enum mote_error mote_app_start(struct mote_app *app, const struct mote_app_start *start, uint32_t *id, struct mote_diag *diag);

/* Asks a run to stop: INTERRUPTED at its next poll; when it does not within 100 ms it is ended by force, where the machine can. */
enum mote_error mote_app_stop(struct mote_app *app, uint32_t id);

enum mote_app_state {
    MOTE_RUN_NONE,
    MOTE_RUN_RUNNING,
    MOTE_RUN_EXITED,   /* returned or called proc_exit: exit_code */
    MOTE_RUN_TRAPPED,  /* trap; its call stack is the crash record */
    MOTE_RUN_STOPPED,  /* on request */
    MOTE_RUN_FAULTED,  /* the machine's protection stopped it */
    MOTE_RUN_WAITING,  /* for its restart */
};

struct mote_app_run {
    uint32_t id;
    char name[MOTE_STORE_NAME_BYTES];
    enum mote_app_state state;
    uint32_t exit_code;
    enum mote_trap trap;
    const char *engine;
    uint32_t up_ms;
    uint32_t memory_bytes;       /* linear memory */
    uint32_t other_bytes;        /* everything else that it takes, stacks included */
    uint32_t stack_unused_bytes; /* of the machine's stack; 0: not known */
    uint32_t restarts;
    bool is_attached;
};
/* Slot i (from 0, below MOTE_APP_RUNS) if it is or was in use; false otherwise. */
bool mote_app_run(struct mote_app *app, uint32_t i, struct mote_app_run *run);
bool mote_app_find_run(struct mote_app *app, uint32_t id, struct mote_app_run *run);
/* The newest run of a name, 0 when there is none. */
uint32_t mote_app_run_of(struct mote_app *app, const char *name);

/* Input for a run: how many bytes there was room for. mote_app_input_end: no more will come. */
uint32_t mote_app_input(struct mote_app *app, uint32_t id, const void *data, uint32_t size);
void mote_app_input_end(struct mote_app *app, uint32_t id);
/* Output of a run, stream 1 or 2, in order: takes up to `size` bytes away. */
uint32_t mote_app_output(struct mote_app *app, uint32_t id, unsigned stream, void *data, uint32_t size);
/* Lets a run that nobody reads any more go on by itself. */
void mote_app_detach(struct mote_app *app, uint32_t id);
/* The last lines that a run that nobody reads has printed, from byte `from` of all that it ever printed on: *from becomes the first byte that is still there. */
uint32_t mote_app_log(struct mote_app *app, uint32_t id, uint32_t *from, void *data, uint32_t size);

/* ---- The device -------------------------------------------------------------------------------------------------- */

/* Milliseconds since some fixed point, modulo 2^32; and since the app was made. */
uint32_t mote_app_now_ms(void);
uint32_t mote_app_up_ms(const struct mote_app *app);

/* All zeros where memory does not come from a pool. */
struct mote_app_memory {
    uint32_t total_bytes, used_bytes, peak_bytes;
};
struct mote_app_memory mote_app_memory(struct mote_app *app);
/* All zeros without a store. */
struct mote_store_space mote_app_space(struct mote_app *app);
/* Whether nothing was started by itself because the machine had failed too often. */
bool mote_app_is_safe(struct mote_app *app);

#define MOTE_CRASH_FRAMES 8

/* The last thing that went wrong; kept over a reset where the machine can. */
struct mote_app_crash {
    uint32_t number;          /* counts crashes since power-on; 0: there was none */
    char name[MOTE_STORE_NAME_BYTES]; /* the module; "" when the firmware itself was at fault */
    uint8_t sha256[8];        /* first bytes of the package's */
    enum mote_app_state state;/* TRAPPED or FAULTED */
    enum mote_trap trap;
    char reason[64];          /* in words */
    uint32_t up_ms;           /* of the run */
    bool was_before_reset;
    uint32_t frame_count;     /* at most MOTE_CRASH_FRAMES are kept */
    struct {
        uint32_t funcidx;
        uint32_t offset; /* in the module's bytes, or MOTE_NO_INDEX */
    } frames[MOTE_CRASH_FRAMES];
};
bool mote_app_crash(struct mote_app *app, struct mote_app_crash *crash);
void mote_app_crash_clear(struct mote_app *app);

#endif

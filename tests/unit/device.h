/* A device without its shell, for tests of the app: flash in memory, an account of its RAM, modules of tests/unit/modules sent to it. */
#ifndef DEVICE_H
#define DEVICE_H

#include "app/app.h"
#include "app/store.h"
#include "base/cbor.h"
#include "unit.h"

struct device {
    struct unit_account account;
    void *pool; /* NULL: its memory is of the account */
    struct mote_app *app;
    struct mote_diag diag; /* of what was asked for last */
    uint8_t bytes[32768];  /* of the module that was sent last */
    uint32_t size;
};

/* Starts it, on flash that is erased, or as it was: after a reset. Takes the lock, as the main thread has it. Restarts are put off by 10 ms first. */
void device_begin(struct device *device);
void device_begin_again(struct device *device);
void device_begin_safe(struct device *device); /* again, and nothing is to start by itself */
/* On erased flash, with one request for memory failing (fail_only) or all after so many (fail_after); device->app may be NULL then. */
void device_begin_failing(struct device *device, uint64_t fail_only, uint64_t fail_after);
/* On erased flash, with a pool of so many bytes for memory: what modules leave free counts then. */
void device_begin_small(struct device *device, size_t bytes);
/* Frees everything and checks that all memory came back. */
void device_end(struct device *device);

/* Takes a module from tests/unit/modules, with a manifest that `write` writes into a map (NULL: none). */
void device_take(struct device *device, const char *module, void (*write)(struct mote_cbor_writer *writer));
/* Sends what was taken: to RAM (name NULL) or into the store; waits until it is done. The error that it ended with. */
enum mote_error device_send(struct device *device, const char *name);

/* Starts a package or (NULL) what is in RAM, attached or not; must succeed. */
uint32_t device_start(struct device *device, const char *name, bool is_attached);
/* Lets rounds pass until the run is in another state than RUNNING, for 5 s at most; the run then. */
struct mote_app_run device_wait(struct device *device, uint32_t id);
/* Changes one byte of what is in flash of a package: in the middle of its bytes, or of what is prepared of them. */
void device_spoil(struct device *device, const char *name, enum mote_store_kind kind);
/* Makes all prepared blocks in flash those of another build. Between device_end and device_begin_again. */
void device_forget_build(void);
/* Lets rounds pass. */
void device_pass_ms(struct device *device, uint32_t ms);

#endif

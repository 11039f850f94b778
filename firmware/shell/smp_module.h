/* Group 64, modules (docs/formats/management.md): its handlers lie in smp_module.c (packages, uploads), smp_run.c (runs), smp_device.c (the device) and
   smp_dir.c (directories); its errors are told here. */
#ifndef SHELL_SMP_MODULE_H
#define SHELL_SMP_MODULE_H

#include "shell/smp.h"

enum mote_module_rc {
    MOTE_RC_UNKNOWN = 1,
    MOTE_RC_MALFORMED = 2,
    MOTE_RC_NOT_FOUND = 3,
    MOTE_RC_IN_USE = 4,
    MOTE_RC_NO_ROOM = 5,
    MOTE_RC_NO_MEMORY = 6,
    MOTE_RC_NOT_ACCEPTED = 7,
    MOTE_RC_DAMAGED = 8,
    MOTE_RC_FLASH_FAILED = 9,
    MOTE_RC_TOO_MANY = 10,
    MOTE_RC_BAD_NAME = 11,
    MOTE_RC_DENIED = 12,
    MOTE_RC_UPLOADING = 13,
};

/* Results of handlers. `why` is told as well. */
int mote_smp_refuse(struct mote_smp *smp, unsigned rc, const char *why);
/* With the words that smp->diag has, or the error's. */
int mote_smp_result(struct mote_smp *smp, enum mote_error error);
/* The request lacks something, or has it in another form. */
int mote_smp_malformed(struct mote_smp *smp);

/* `rc` for an error that is not of this request. */
unsigned mote_smp_rc(enum mote_error error);

/* `name` of a request; a result. */
int mote_smp_take_name(struct mote_smp *smp, const struct mote_cbor_item *body, char name[MOTE_STORE_NAME_BYTES]);

int mote_smp_tell_device(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_tell_crash(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_clear_crash(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_start(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_stop(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_tell_runs(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_stream(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_tell_log(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_tell_directory(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_make_directory(struct mote_smp *smp, const struct mote_cbor_item *body);
int mote_smp_remove_file(struct mote_smp *smp, const struct mote_cbor_item *body);

/* A list that may not fit one response: puts entry after entry, from `from` on, until put(smp, user, i) says that there is none, or there is no room for another;
   then `next` says where to go on. `put` writes one entry with mote_smp_put. */
int mote_smp_put_list(struct mote_smp *smp, const struct mote_cbor_item *body, const char *key,
                      bool (*put)(struct mote_smp *smp, void *user, uint32_t i), void *user);

#endif

/* The Simple Management Protocol: from a request to its response, whatever they travel in (docs/formats/management.md). Groups are rows that the build
   writes (registry SMP_GROUP), one file each. */
#ifndef SHELL_SMP_H
#define SHELL_SMP_H

#include "app/app.h"
#include "base/cbor.h"
#include "base/config.h"
#include "shell/line.h"
#include "shell/smp_fs.h"

#define MOTE_SMP_BYTES CONFIG_SHELL_SMP_BYTES
#define MOTE_SMP_HEADER_BYTES 8

/* What is wrong with a request apart from what its group says: MCUmgr's numbers. */
enum mote_smp_error {
    MOTE_SMP_UNKNOWN = 1,
    MOTE_SMP_NO_MEMORY = 2,
    MOTE_SMP_INVALID = 3,
    MOTE_SMP_NOT_FOUND = 5,
    MOTE_SMP_TOO_LARGE = 7,
    MOTE_SMP_NOT_SUPPORTED = 8,
    MOTE_SMP_BUSY = 10,
    MOTE_SMP_TOO_NEW = 13,
};

struct mote_smp {
    struct mote_cbor_writer out;            /* for handlers: the map of the response */
    struct mote_app *app;
    struct mote_vfs *files;                 /* NULL: none */
    const struct mote_line *line;           /* for statistics */
    const struct mote_frame_reader *reader; /* likewise */
    bool is_pending;                        /* a request that will be answered later */
    uint8_t wants_reset;                    /* enum mote_wants, when the response has been sent */
    uint64_t once, once_before;             /* what this request and the one before are known by if they come again; 0: nothing */
    size_t response_size;
    uint8_t header[MOTE_SMP_HEADER_BYTES];  /* of the request */
    struct mote_smp_fs fs;                  /* of the file group */
    struct mote_diag diag;                  /* for handlers of group 64: why, in words; "" when they do not say */
    uint8_t response[MOTE_SMP_BYTES];
};

/* Answers a request: 0 is all well, a positive number an error of its group, a negative one -enum mote_smp_error. */
typedef int (*mote_smp_handler)(struct mote_smp *smp, const struct mote_cbor_item *body);
#define MOTE_SMP_LATER (-1000) /* the group's `go_on` will answer */

struct mote_smp_command {
    uint8_t command;
    bool is_write;
    mote_smp_handler handler;
};

struct mote_smp_group {
    uint16_t id;
    uint8_t count;       /* of commands */
    uint8_t plain_count; /* of `plain` */
    const struct mote_smp_command *commands;
    const uint8_t *plain; /* enum mote_smp_error for each error of the group, for version 1 of the protocol, which knows no others; NULL: the same number */
};

void mote_smp_init(struct mote_smp *smp, struct mote_app *app, struct mote_vfs *files);

/* Answers the message: the size of smp->response, or 0: it is none that is answered, or mote_smp_step will. Unless `is_whole` only its beginning is
   there. */
size_t mote_smp_answer(struct mote_smp *smp, const uint8_t *message, size_t size, bool is_whole);
/* Goes on with what takes longer, for a few milliseconds. The size of the response when it is there. */
size_t mote_smp_step(struct mote_smp *smp);

/* ---- For handlers ------------------------------------------------------------------------------------------------ */

/* Puts what `format` says: "{n=s size=u}" is a map of a text and a number. In front of "=" stands a key; kinds are s text, t the same, left out with its key when it
   is empty, u uint32_t, b bool, B bytes (pointer, uint32_t), and {}[] around maps and lists. Arguments are not checked by the compiler. */
void mote_smp_put(struct mote_smp *smp, const char *format, ...);
void mote_smp_put_bytes(struct mote_smp *smp, const char *key, const void *bytes, size_t size);

/* Where bytes can be written that mote_smp_put_bytes is to put next, under a key of up to 8 letters: *room of them, when `spare` bytes are to follow. */
uint8_t *mote_smp_room(struct mote_smp *smp, size_t spare, size_t *room);

/* A number of the request that has 32 bits: `otherwise` when it is missing; false when it is something else. */
bool mote_smp_find_u32(const struct mote_cbor_item *body, const char *key, uint32_t otherwise, uint32_t *value);

#endif

/* The driver's parts: the line protocol (spec_driver.c), commands (spec_module.c, spec_instance.c, spec_look.c), words and values
   (spec_words.c), and what a machine adds (spec_linux.c). */
#ifndef SPEC_DRIVER_H
#define SPEC_DRIVER_H

#include "mote.h"

#define SPEC_LINE_BYTES 8192
#define SPEC_HANDLES 1024
#define SPEC_VALUES 1024

/* Where staged module bytes lie once a module was made of them: until the runtime goes. */
struct spec_block {
    struct spec_block *next;
    size_t size;
    uint8_t *bytes;
};

/* A name, percent-decoded and zero-terminated; zero bytes may also stand inside. */
struct spec_name {
    char text[SPEC_LINE_BYTES];
    uint32_t length;
};

struct spec_driver {
    struct mote_allocator allocator;
    struct mote_runtime *runtime;
    struct mote_agent *agent;
    struct mote_module *modules[SPEC_HANDLES];
    struct mote_instance *instances[SPEC_HANDLES];
    struct spec_block *blocks;
    uint8_t *staged;
    size_t staged_size;
    size_t staged_capacity;
    uint64_t timeout_ns;
    enum mote_native native; /* of runtimes to come */
    bool prepares;           /* modules are prepared before they are loaded */
    const char *rest; /* of the command line: what has not been read as words yet */
};

/* Obeys commands until the input ends or `quit` comes; then everything is freed. All memory comes from `allocator`. */
void spec_driver_run(struct mote_allocator allocator);

/* Adds a file's bytes to the staging buffer; false when the machine has no such file. Offered by the machine. */
bool spec_machine_stage_file(struct spec_driver *driver, const char *path);

/* Appends to the staging buffer; false when memory is out. */
bool spec_stage(struct spec_driver *driver, const void *bytes, size_t size);

/* ---- Answers and memory: spec_driver.c ---- */

/* Answers with a line: a kind ("ok ", "fail ") and a text. */
void spec_answer(const char *kind, const char *text);
/* Answers `ok`, `trap` or `error` by what a call of the API gave; `diag` may be NULL. */
void spec_answer_result(const struct spec_driver *driver, enum mote_error error, const struct mote_diag *diag);
void spec_answer_error(enum mote_error error, const struct mote_diag *diag);
void spec_release(struct spec_driver *driver, void *block, size_t size);

/* ---- Commands: spec_module.c, spec_instance.c, spec_look.c ---- */

void spec_do_stage(struct spec_driver *driver);
void spec_do_file(struct spec_driver *driver);
void spec_do_validate(struct spec_driver *driver);
void spec_do_load(struct spec_driver *driver);
void spec_do_prepare(struct spec_driver *driver);
/* Loads the module in the driver's first block by way of a prepared one, which goes into the second. */
enum mote_error spec_load_prepared(struct spec_driver *driver, const struct spec_block *module, struct mote_module **out,
                                   struct mote_diag *diag);
void spec_do_unload(struct spec_driver *driver);
void spec_do_instantiate(struct spec_driver *driver);
void spec_do_free(struct spec_driver *driver);
void spec_do_register(struct spec_driver *driver);
void spec_do_call(struct spec_driver *driver);
void spec_do_get(struct spec_driver *driver);
void spec_do_memory(struct spec_driver *driver);
void spec_do_exports(struct spec_driver *driver);
void spec_do_frames(struct spec_driver *driver);
void spec_do_engine(struct spec_driver *driver);
void spec_do_usage(struct spec_driver *driver);
void spec_do_timeout(struct spec_driver *driver);

/* A handle below SPEC_HANDLES from the command line. */
bool spec_take_handle(struct spec_driver *driver, uint64_t *handle);
/* The instance that the next word names; answers `fail` and gives NULL when there is none. */
struct mote_instance *spec_take_instance(struct spec_driver *driver, uint64_t *handle);

/* ---- Words: spec_words.c ---- */

/* The next input line without its end, in a buffer that the next call reuses; NULL at the end of the input. */
char *spec_read_line(void);
/* Writes one answer piece by piece; spec_say_end ends the line and sends it. */
void spec_say(const char *text);
void spec_say_bytes(const char *text, size_t size);
void spec_say_number(uint64_t number);
void spec_say_hex(const void *bytes, size_t size);
void spec_say_name(const char *name, size_t size); /* percent-encoded */
void spec_say_value(const struct mote_value *value);
void spec_say_end(void);

/* Take the next word from `*rest`: false when there is none or it is not of that kind. */
bool spec_take_word(const char **rest, char *word, size_t capacity);
bool spec_take_number(const char **rest, uint64_t *number);
bool spec_take_name(const char **rest, struct spec_name *name);
bool spec_take_value(const char **rest, struct mote_value *value);
/* The value of a hexadecimal digit, or -1. */
int spec_hex_digit(char digit);

#endif

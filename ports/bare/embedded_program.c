/* What an image does that holds a module (MODULE= of the build): runs the module's _start, and then ends with its status. The build's own module.c
   names it, so that no other image has it. */
#include "base/config.h"
#include "embedded.h"
#include "mote_version.h"
#include "mote_wasi.h"
#include "print.h"

#define FAILED 1
#define TRAPPED 134

static int run_start(struct embedded *embedded, const struct mote_wasi *wasi)
{
    struct mote_func *start = mote_find_func(embedded->instance, "_start");
    if (!start) {
        print("mote: the module exports no _start\n");
        return FAILED;
    }
    enum mote_trap trap = embedded_call(embedded, start, NULL, 0, NULL, 0);
    return trap == MOTE_TRAP_NONE ? 0 : trap == MOTE_TRAP_EXIT ? (int)mote_wasi_exit_code(wasi) : TRAPPED;
}

int embedded_program(void)
{
    static const char *const arguments[] = {"module"};
    struct mote_wasi_options options = {.args = arguments, .arg_count = 1};
    struct embedded embedded = {0};
    struct mote_wasi *wasi = NULL;
    int status = FAILED;
    print("mote " MOTE_VERSION " on " CONFIG_BOARD "\n");
    if (embedded_start(&embedded, false) && mote_wasi_new(embedded.runtime, &options, &wasi) == MOTE_ERROR_NONE &&
        embedded_load(&embedded) && embedded_instantiate(&embedded)) {
        status = run_start(&embedded, wasi);
    }
    mote_wasi_free(wasi);
    embedded_end(&embedded);
    return status;
}

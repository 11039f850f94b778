/* The firmware: says hello, then runs the WASI program that the image holds, if it holds one. */
#include "base/config.h"
#include "boot.h"
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

static int run_module(void)
{
    static const char *const arguments[] = {"module"};
    struct mote_wasi_options options = {.args = arguments, .arg_count = 1};
    struct embedded embedded = {0};
    struct mote_wasi *wasi = NULL;
    int status = FAILED;
    if (embedded_start(&embedded, false) && mote_wasi_new(embedded.runtime, &options, &wasi) == MOTE_ERROR_NONE &&
        embedded_load(&embedded) && embedded_instantiate(&embedded)) {
        status = run_start(&embedded, wasi);
    }
    mote_wasi_free(wasi);
    embedded_end(&embedded);
    return status;
}

int main(void)
{
    print("mote " MOTE_VERSION " on " CONFIG_BOARD "\n");
    if (!embedded_is_there()) {
        print("No module: build with MODULE=file.wasm to run one.\n");
        return 0;
    }
    return run_module();
}

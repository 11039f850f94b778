/* motert: runs a WebAssembly module on Linux. What happens, in order; each step lives in the motert_*.c file named like it. */
#include <signal.h>

#include "motert_file.h"
#include "motert_options.h"
#include "motert_run.h"

int main(int argc, char **argv)
{
    struct motert_options options;
    struct motert_file file;
    int status = motert_options_parse(&options, argc, argv);
    if (status != MOTERT_GO_ON) {
        return status;
    }
    if (!motert_file_open(&file, options.file)) {
        return MOTERT_FAILED;
    }
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error that the guest is told */
    status = options.validate ? motert_validate(&options, &file) : motert_run(&options, &file);
    motert_file_close(&file);
    return status;
}

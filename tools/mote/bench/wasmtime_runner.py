"""Runs one module in the pip-installed wasmtime and says on standard error what that took.

A script of its own, started by `mote bench` as a peer among others: `wasmtime_runner.py MODULE [ARGS...]`.
The times go from reading the module to the program's end, so that Python's own start does not count.
"""

import resource
import sys
import time
from pathlib import Path

from wasmtime import Engine, ExitTrap, Linker, Module, Store, Trap, WasiConfig, WasmtimeError


def execute(path: str, arguments: list[str]) -> int:
    """Compile and run a WASI program; its exit status."""
    engine = Engine()
    store = Store(engine)
    linker = Linker(engine)
    linker.define_wasi()
    wasi = WasiConfig()
    wasi.argv = [path, *arguments]
    wasi.inherit_stdin()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    wasi.preopen_dir(str(Path.cwd()), ".")
    store.set_wasi(wasi)
    try:
        instance = linker.instantiate(store, Module.from_file(engine, path))
        instance.exports(store)["_start"](store)
    except ExitTrap as exit_:
        return exit_.code
    except (Trap, WasmtimeError) as error:
        print(error, file=sys.stderr)
        return 134
    return 0


def cpu_s() -> float:
    """Processor time of this process up to now."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Run, then write the times as the last line of standard error."""
    wall, cpu = time.perf_counter(), cpu_s()
    status = execute(sys.argv[1], sys.argv[2:])
    print(f"took {time.perf_counter() - wall:.6f} {cpu_s() - cpu:.6f}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

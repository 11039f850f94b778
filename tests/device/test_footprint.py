"""RAM that a module takes that is installed in flash, as `mote ps` tells it, on the ESP32-C3 as it is flashed; and how many
instructions CoreMark takes on boards. CoreMark is not ours: MOTE_BENCH_COREMARK names its sources.
"""

from pathlib import Path

import pytest

from device.guests import native
from device.machines import CHIP, Machine, state_of
from device.test_install import install
from mote.bench.board import INTERPRETER, measure_board
from mote.bench.board_build import VARIABLE, WASM_FLAGS, compile_sources, find_sources
from mote.bench.programs import zig_cc
from mote.device.modules import Start
from support.guests import assemble

WASM_STACK = 1536
MACHINE_STACK = 1216 + 320 + 16  # with the guard, the thread's record and what aligns it
EVERYTHING_ELSE = 1024
COREMARK = 6144  # stacks included
TIMES_C = {"qemu_riscv32": 14, "mps2_an386": 13}
LOOP = """int run(int iterations);
__attribute__((export_name("_start"))) void start(void)
{
    for (;;) {
        run(1);
    }
}
"""

only_the_chip = pytest.mark.parametrize("machine", [CHIP], indirect=True)
engines = pytest.mark.parametrize("engine", ["interpreter", "native"])


def taken(machine: Machine, module: bytes, engine: str, name: str) -> int:
    """Bytes beside linear memory that a module takes while it runs from flash."""
    device = machine.on()
    install(device, native(module, machine.target) if engine == "native" else module, name, stack=WASM_STACK)
    state = state_of(device, device.modules.start(Start(name)))
    assert (state["state"], state["engine"]) == ("running", engine)
    return state["other"]


@only_the_chip
def test_twenty_functions_take_less_than_a_kilobyte(machine: Machine) -> None:
    module = assemble((Path(__file__).parents[1] / "unit" / "modules" / "app_twenty.wat").read_text()).read_bytes()
    beyond = taken(machine, module, "interpreter", "twenty") - WASM_STACK - MACHINE_STACK
    print(f"twenty functions: {beyond} bytes beyond stacks")
    assert 0 < beyond < EVERYTHING_ELSE


def coremark(folder: Path) -> bytes:
    """CoreMark as a program that goes on for ever."""
    sources = find_sources()
    if not sources:
        pytest.skip(f"{VARIABLE} does not name CoreMark's sources")
    (folder / "loop.c").write_text(LOOP)
    return compile_sources([*zig_cc(), *WASM_FLAGS], [*sources, folder], folder / "coremark.wasm").read_bytes()


@only_the_chip
@engines
def test_coremark_takes_six_kilobytes(machine: Machine, engine: str, tmp_path: Path) -> None:
    bytes_taken = taken(machine, coremark(tmp_path), engine, "coremark")
    print(f"CoreMark, {engine}: {bytes_taken} bytes beside linear memory")
    assert bytes_taken <= COREMARK


@pytest.mark.parametrize("board", TIMES_C)
def test_coremark_takes_so_many_times_the_instructions_of_c(board: str) -> None:
    if not find_sources():
        pytest.skip(f"{VARIABLE} does not name CoreMark's sources")
    measured = measure_board(board, None, "zig", [], lambda what: None)
    row = next(row for row in measured.rows if row.name == INTERPRETER)
    assert not row.problem, row.problem
    ratio = measured.ratio(row)
    print(f"{board}: {ratio:.2f}")
    assert ratio is not None and ratio <= TIMES_C[board]

"""The model of the ESP32-C3: what its core does when it is stopped at an awkward moment."""

import mmap

import pytest

unicorn = pytest.importorskip("unicorn", reason="the model of the chip needs: pip install unicorn")

from mote.esp32c3.core import Core  # noqa: E402  (needs unicorn)

CODE, ROM, PAGE = 0x1000, 0x8000, 4096
PROGRAM = (0x000082B7, 0x000280E7, 0x00158593, 0x10500073)  # lui t0, 8; jalr (t0); addi a1, a1, 1; wfi
ALL = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC


def test_a_function_of_the_rom_is_done_once_when_the_core_is_stopped_meanwhile() -> None:
    """Done again it would erase the sector whose number it has just returned: the first, from which the chip boots."""
    core, done = Core(CODE), []
    code, rom = mmap.mmap(-1, PAGE), mmap.mmap(-1, PAGE)
    code[: 4 * len(PROGRAM)] = b"".join(word.to_bytes(4, "little") for word in PROGRAM)
    rom[:] = b"\x82\x80" * (PAGE // 2)  # c.ret
    core.map(CODE, code, ALL)
    core.map(ROM, rom, ALL)

    def function(address: int) -> None:
        done.append(address)
        core.stop()

    core.on_call(ROM, PAGE, function)
    waits = [core.run() for _ in range(2)]
    assert (waits, done, core.get("A1")) == ([False, True], [ROM], 1)

"""The command's verbs against a device, as a person types them: what they print, how they end, and how long it takes."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from device.guests import CAT, FLOOD, HELLO, SPIN, SUM, TICK, TRAP, as_file, guest, sum_text
from device.guests import native as compiled_for
from device.machines import CHIP, LINUX, Machine, PacedLine, firmware, need_emulator, wait_for
from mote.device.emulator import FIRMWARE_VARIABLE
from mote.device.framing import frame
from mote.device.state import VARIABLE
from support.guests import compile_guest
from support.places import ROOT
from tools.command import Result, environment, mote, mote_inside, only_line, words

QEMU = "qemu_riscv32"


@pytest.fixture
def native(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment in which `native` is this test's own device."""
    yield from own(LINUX, tmp_path, "native")


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The same for an emulated board."""
    need_emulator(QEMU)
    yield from own(QEMU, tmp_path, f"qemu:{QEMU}")


def own(board: str, folder: Path, device: str) -> Iterator[dict[str, str]]:
    """A state folder with nothing in it; the device used last is the one under test."""
    yield {VARIABLE: str(folder), FIRMWARE_VARIABLE: str(firmware(board)), "MOTE_DEVICE": device}
    for path in folder.glob("emulators/*/flash*"):
        path.unlink()


def done(result: Result) -> str:
    """What a command printed that succeeded."""
    assert (result.status, result.err) == (0, ""), result
    return result.out


def test_the_life_of_a_package(native: dict[str, str]) -> None:
    """Each command starts the device anew; its flash stays."""
    module = as_file(guest(SUM, "0" * 8))
    assert "No packages." in done(mote_inside("ls", env=native))
    said = done(mote_inside("install", module, "--name", "sum", "--version", "1.5", env=native))
    assert said.startswith("sum 1.5 installed on linux (native): ") and said.endswith("; engine: interpreter.\n")
    assert "byte for byte" in done(mote_inside("install", module, "--name", "sum", "--version", "1.5", env=native))
    (row,) = json.loads(done(mote_inside("ls", "--json", env=native)))
    assert (row["n"], row["v"], row["engine"], row["auto"]) == ("sum", "1.5", "interpreter", False)
    assert mote_inside("start", "sum", "--attach", env=native) == Result(0, sum_text().decode(), "")
    report = json.loads(
        done(mote_inside("install", module, "--name", "sum", "--version", "2", "--aot", "--autostart", "--json", env=native))
    )
    assert (report["engine"], report["version"]) == ("native", "2")
    assert "1.5" in done(mote_inside("ls", env=native)).splitlines()[1]
    (run,) = json.loads(done(mote_inside("ps", "--json", env=native)))
    assert run["n"] == "sum" and (run["engine"] == "native" or run["state"] == "waiting")  # it has only just been switched on
    with ExitStack() as running:
        logs = started(running, words("logs", "-f", "sum"), environment(native))
        assert logs.stdout and logs.stdout.readline() == sum_text()
        logs.send_signal(signal.SIGINT)
        assert logs.wait(20) == 130
        objects = started(running, words("logs", "-f", "sum", "--json"), environment(native))
        assert objects.stdout and json.loads(objects.stdout.readline())["text"] == sum_text().decode()
    assert done(mote_inside("enable", "sum", env=native)) == done(mote_inside("disable", "sum", env=native)) == ""
    assert "version 1.5 again" in done(mote_inside("rollback", "sum", env=native))
    assert "sum removed." in done(mote_inside("rm", "sum", env=native))
    assert "Nothing runs." in done(mote_inside("ps", env=native))


def test_start_and_stop(native: dict[str, str], tmp_path: Path) -> None:
    done(mote_inside("install", as_file(guest(TICK)), "--name", "tick", "--autostart", env=native))
    assert done(mote_inside("stop", "tick", env=native)) == "tick: stopped.\n"
    failed = mote_inside("stop", "nobody", env=native)
    assert failed.status == 1 and "mote ps" in only_line(failed.err)
    failed = mote_inside("start", "nobody", env=native)
    assert failed.status == 1 and "See what is there: mote ls" in only_line(failed.err)


def test_what_starts_by_itself_can_be_removed(native: dict[str, str]) -> None:
    """The device starts anew with each command here, and the module with it."""
    module = as_file(guest(TICK))
    done(mote_inside("install", module, "--name", "tick", "--version", "1", "--autostart", env=native))
    failed = mote_inside("rollback", "tick", "--stop", env=native)
    assert failed.status == 1 and "there is no version before" in only_line(failed.err)
    done(mote_inside("install", module, "--name", "tick", "--version", "2", "--autostart", env=native))
    assert "version 1 again" in done(mote_inside("rollback", "tick", "--stop", env=native))
    assert done(mote_inside("rm", "tick", "--stop", env=native)) == "tick removed.\n"


def test_run_hands_on_streams_and_status(native: dict[str, str]) -> None:
    text = b"".join(b"line %d\n" % i for i in range(1000))
    ran = subprocess.run(
        words("run", as_file(guest(CAT))), input=text, capture_output=True, env=environment(native), timeout=60, check=False
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, text, text)
    assert mote("run", as_file(guest(HELLO)), env=native) == Result(7, "hello from a module\n", "")
    assert mote("run", "-d", "here", as_file(guest(HELLO, "local")), env=native) == Result(7, "local\n", "")
    assert mote("run", as_file(guest(SUM, "0" * 8)), "--aot", env=native) == Result(0, sum_text().decode(), "")


def test_run_passes_arguments(native: dict[str, str], tmp_path: Path) -> None:
    source = tmp_path / "arguments.c"
    source.write_text("#include <stdio.h>\nint main(int c, char **v) { for (int i = 1; i < c; i++) puts(v[i]); return c; }\n")
    module = compile_guest(source)
    assert mote_inside("run", module, "a", "-b", "", "ä b", env=native) == Result(5, "a\n-b\n\nä b\n", "")


def test_a_trap_has_names_and_lines(native: dict[str, str], tmp_path: Path) -> None:
    ran = mote_inside("run", as_file(guest(TRAP)), env=native)
    assert ran.status == 134
    lines = ran.err.splitlines()
    assert lines[0].endswith("trap: integer divide by zero")
    assert [line.split("`")[1] for line in lines[1:]] == ["divide", "outer", "_start"]
    source = tmp_path / "boom.c"
    source.write_text("int main(void)\n{\n    __builtin_trap();\n}\n")
    ran = mote_inside("run", compile_guest(source, ("-g", "-Wl,-z,stack-size=8192")), env=native)
    assert ran.status == 134 and "boom.c:3" in ran.err


def test_ctrl_c_and_timeout_stop_a_run(native: dict[str, str]) -> None:
    command = subprocess.Popen(
        words("run", as_file(guest(SPIN))), env=environment(native), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert command.stdout and command.stdout.readline() == b"hello from a module\n"
    os.killpg(command.pid, signal.SIGINT)
    assert command.communicate(timeout=20) == (b"", b"")
    assert command.returncode == 130
    ran = mote("run", "--timeout", "0.5", as_file(guest(FLOOD)), env=native, timeout=60)
    assert ran.status == 124 and "deadline exceeded" in only_line(ran.err)
    assert set(ran.out.splitlines()[:-1]) == {"hello from a module"}


def test_options_that_devices_do_not_have(native: dict[str, str]) -> None:
    ran = mote("run", "-d", "native", "--dir", ".", as_file(guest(HELLO)), env=native)
    assert ran.status == 2 and "--dir: is not for devices" in only_line(ran.err)
    ran = mote("run", "--stats", as_file(guest(HELLO)), env=native)
    assert ran.status == 7 and "motert" not in ran.err.splitlines()[0], "what only the runtime here knows runs here"


def test_run_says_why_native_code_is_not_used(native: dict[str, str]) -> None:
    module = as_file(compiled_for(guest(HELLO), "thumbv7m"))
    ran = mote_inside("run", module, env=native)
    assert (ran.status, ran.out) == (7, "hello from a module\n")
    assert f"{module}: built for thumbv7m" in only_line(ran.err) and "it is interpreted" in ran.err
    assert mote_inside("run", "--interpret", module, env=native) == Result(7, "hello from a module\n", "")


def test_the_device_used_last_is_remembered(native: dict[str, str]) -> None:
    forgetful = {key: value for key, value in native.items() if key != "MOTE_DEVICE"}
    module = as_file(guest(HELLO, "where am I"))
    done(mote_inside("install", "-d", "native", module, "--name", "app", env=forgetful))
    assert "app" in done(mote_inside("ls", env=forgetful))
    assert mote_inside("run", module, env=forgetful).status == 7
    assert json.loads(done(mote_inside("device", "list", "--json", env=forgetful)))["last"] == "native"
    remembered = Path(native[VARIABLE]) / "devices.json"
    remembered.write_text(remembered.read_text().replace("native", "/dev/nowhere"))
    failed = mote("run", module, env=forgetful)
    assert failed.status == 3 and only_line(failed.err).endswith("used last; on this machine: mote run -d here")
    done(mote_inside("device", "forget", env=forgetful))
    assert mote_inside("ls", env=forgetful).status == 3


def test_info_and_reset(native: dict[str, str]) -> None:
    told = json.loads(done(mote_inside("device", "info", "--json", env=native)))
    assert (told["board"], told["port"], told["reset"]) == ("linux", "linux", "power")
    assert "interpreter" in told["engines"] and len(bytes.fromhex(told["build"])) == 8
    assert done(mote_inside("device", "info", env=native)).startswith("device    native\n")
    assert json.loads(done(mote_inside("device", "reset", "--json", env=native)))["reset"] == "software"


def test_two_commands_cannot_use_one_flash(native: dict[str, str]) -> None:
    with subprocess.Popen(words("run", as_file(guest(SPIN))), env=environment(native), stdout=subprocess.PIPE) as first:
        assert first.stdout
        first.stdout.readline()
        said = mote("ls", env=native)
        first.send_signal(signal.SIGINT)
        first.wait(20)
    assert said.status == 4 and f"native: is in use by process {first.pid}" in only_line(said.err)


def test_monitor_shows_output_and_explains_crashes(native: dict[str, str]) -> None:
    done(mote_inside("install", as_file(guest(TICK, "tick")), "--name", "clock", "--autostart", env=native))
    done(mote_inside("install", as_file(guest(TRAP, "going down")), "--name", "bad", "--autostart", env=native))
    with ExitStack() as running:
        monitor = started(running, words("monitor", "--seconds", "60"), environment(native))
        lines = lines_until(monitor, lambda lines: "clock: tick" in lines and any("`_start`" in line for line in lines))
        assert "bad: going down" in lines
        at = lines.index("bad: trap: integer divide by zero")
        assert [line.split("`")[1] for line in lines[at + 1 : at + 4]] == ["divide", "outer", "_start"]
        monitor.send_signal(signal.SIGINT)
        assert monitor.wait(20) == 0
    with ExitStack() as running:
        monitor, found = started(running, words("monitor", "--json", "--seconds", "60"), environment(native)), set()
        while not found >= {"line", "crash"}:
            found.add(event(monitor)["event"])


def lines_until(monitor: subprocess.Popen[bytes], is_enough: Callable[[list[str]], bool]) -> list[str]:
    """What a monitor prints until it is enough."""
    lines: list[str] = []
    assert monitor.stdout
    for line in monitor.stdout:
        lines.append(line.decode().rstrip())
        if is_enough(lines):
            return lines
    pytest.fail(f"it ended: {lines}")


def test_monitor_waits_for_a_device_that_has_gone(tmp_path: Path) -> None:
    """It is switched off and on again; a port stays the same."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    device, env = [firmware(LINUX), "--flash", tmp_path / "flash", "--tcp", str(port)], {VARIABLE: str(tmp_path)}
    where, module = f"socket://127.0.0.1:{port}", as_file(guest(TICK, "tick"))
    line = {"event": "line", "name": "t", "text": "tick"}
    with ExitStack() as running:
        first = started(running, device)
        assert first.stdout and first.stdout.readline()
        done(mote_inside("install", "-d", where, module, "--name", "t", "--autostart", "--start", env=env))
        monitor = started(running, words("monitor", "--json", "--seconds", "60"), environment(env))
        assert event(monitor) == line
        end(first)
        assert event(monitor)["event"] == "lost"
        started(running, device)
        assert [event(monitor)["event"], event(monitor)["event"], event(monitor)] == ["connected", "reset", line]
        monitor.send_signal(signal.SIGINT)
        assert monitor.wait(10) == 0


def started(running: ExitStack, command: Sequence[object], env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A process that does not outlive the test."""
    process = subprocess.Popen([str(word) for word in command], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    running.callback(end, process)
    return process


def event(monitor: subprocess.Popen[bytes]) -> dict:
    """The next event of a monitor."""
    assert monitor.stdout
    return json.loads(monitor.stdout.readline())


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process at once."""
    with process:
        process.kill()


def test_what_modules_print_cannot_control_the_terminal(native: dict[str, str]) -> None:
    done(mote_inside("install", as_file(guest(HELLO, "\\1b[2Jx\\06\\09y")), "--name", "esc", "--autostart", env=native))
    assert "\x1b" not in mote_inside("logs", "esc", env=native).out
    assert "\x1b" not in mote_inside("monitor", "--seconds", "0.5", env=native).out


def test_console_on_a_terminal(native: dict[str, str]) -> None:
    """Keys go to the device as they are, Ctrl-C too; Ctrl-] leaves, and the terminal is as before."""
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    with subprocess.Popen(
        words("console"), env=environment(native), stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL
    ) as command:
        seen = b""
        for typed, answer in ((b"", b"> "), (b"rum\x7fn x\x03", b"^C\r\n"), (b"uptime\r", b" s\r\n")):
            os.write(ours, typed)
            mark = len(seen)
            while answer not in seen[mark:]:
                assert select.select([ours], [], [], 20)[0], seen
                seen += os.read(ours, 4096)
        os.write(ours, b"\x1d")
        assert command.wait(20) == 0
    assert b"uptime" in seen
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_console_is_the_devices_own(native: dict[str, str]) -> None:
    ran = subprocess.run(
        words("console"), input=b"help\r", capture_output=True, env=environment(native), timeout=60, check=False
    )  # fmt: skip
    assert ran.returncode == 0
    for text in (b"help", b"reboot"):
        assert text in ran.stdout
    assert b"\x06\x09" not in ran.stdout


def test_a_cold_start_of_the_emulator_to_the_output_takes_less_than_two_seconds(emulated: dict[str, str]) -> None:
    """The best of five, as this machine may have more to do."""
    module = ROOT / "examples" / "hello" / "hello.wasm"
    module = module if module.is_file() else as_file(guest(HELLO, "Hello from WebAssembly!"))
    times = []
    while len(times) < 5 and (not times or times[-1] >= 2):
        start = time.monotonic()
        with subprocess.Popen(
            words("run", module), env=environment(emulated), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as ran:
            assert ran.stdout and ran.stdout.readline() == b"Hello from WebAssembly!\n"
            times.append(time.monotonic() - start)
    print(f"from the command to the first line: {times[-1]:.2f} s")
    assert min(times) < 2


def test_an_emulator_ends_with_its_command(emulated: dict[str, str]) -> None:
    """Even with one that is killed, and while a module keeps it busy: another would write to the same flash."""

    def emulators() -> list[bytes]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has gone
                found.append(path.read_bytes())
        return [command for command in found if b"-display" in command and emulated[VARIABLE].encode() in command]

    with ExitStack() as running:
        command = started(running, words("run", as_file(guest(SPIN))), environment(emulated))
        assert command.stdout and command.stdout.readline() == b"hello from a module\n"
        assert len(emulators()) == 1
    wait_for(lambda: not emulators())


@pytest.mark.parametrize("board", [LINUX, QEMU, CHIP])
def test_sending_keeps_the_line_busy(board: str, tmp_path: Path) -> None:
    """At 115,200 baud at least 80 % of the line's time carries bytes that arrive. The best of three."""
    need_emulator(board)
    shares = []
    while len(shares) < 3 and (not shares or shares[-1] <= 0.8):
        shares.append(share_of_line(Machine(board, tmp_path / f"flash-{len(shares)}.img"), tmp_path))
    assert max(shares) > 0.8


def share_of_line(machine: Machine, folder: Path) -> float:
    """Install a package over a paced line; the share of the time in which it carried bytes of the package that were taken:
    what is sent once more does not count, nor do the messages' heads.
    """
    baud = 115200
    line = PacedLine(machine.on().client.link, baud)
    module = as_file(guest(f'(data (i32.const 1024) "{"x" * 20000}")' + HELLO))
    words = ("install", "-d", line.address, module, "--name", "large", "--json")
    try:
        report = json.loads(done(mote_inside(*words, env={VARIABLE: str(folder)})))
    finally:
        line.close()
        machine.off()
        for path in folder.glob("flash*"):
            path.unlink()
    assert line.queued_meanwhile > 1000, "the next message is on its way when the one before is answered"
    share = len(frame(bytes(report["sent_bytes"]))) / (report["sending_seconds"] * baud / 10)
    rate = report["sent_bytes"] / report["sending_seconds"]
    print(f"{machine.kind}: {share:.0%} of the line, {rate:,.0f} bytes of the module a second")
    return share

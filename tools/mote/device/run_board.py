"""python -m mote.device.run_board FOLDER FIRMWARE FLASH [WORDS...]: the board whose data lie in FOLDER, in its emulator with its
line on this terminal, as `scons run` starts it. WORDS are for the emulator."""

import json
import subprocess
import sys
from pathlib import Path

from mote.device.board_emulator import emulator_words, environment
from mote.device.emulator import own
from mote.errors import ExitCode, UserError


def run(folder: Path, firmware: Path, flash: Path, words: list[str]) -> int:
    """Run the board until it ends; its exit status."""
    data = json.loads((folder / "board.json").read_text())
    flash.parent.mkdir(parents=True, exist_ok=True)
    with own(flash, str(flash)):
        command = [*emulator_words(data, firmware, flash), "-nographic", *words]
        return subprocess.run(command, env=environment(), check=False).returncode


def main(words: list[str]) -> int:
    """Run a board; what goes wrong is one line."""
    folder, firmware, flash, *rest = words
    try:
        return run(Path(folder), Path(firmware), Path(flash), rest)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return int(error.code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Programs that some tests need and pip does not bring: installed by apt-get when that is possible, otherwise named."""

import os
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A Debian package, a program in it, and what the tests want it for."""

    name: str
    program: str
    purpose: str


PACKAGES = (
    Package("gcc", "gcc", "the sanitizers and coverage"),
    Package("libc6-dev", "gcc", "gcc's headers"),
    Package("valgrind", "valgrind", "counting instructions"),
    Package("gcc-riscv64-unknown-elf", "riscv64-unknown-elf-gcc", "the size of the core on RISC-V"),
    Package("gcc-arm-none-eabi", "arm-none-eabi-gcc", "the size of the core on Cortex-M"),
    Package("qemu-user", "qemu-riscv32", "programs for RISC-V"),
    Package("qemu-user", "qemu-arm", "programs for Arm"),
    Package("qemu-system-misc", "qemu-system-riscv32", "RISC-V boards"),
    Package("qemu-system-arm", "qemu-system-arm", "Cortex-M boards"),
)


def missing() -> list[Package]:
    """The packages whose program is not here."""
    return [package for package in PACKAGES if not shutil.which(package.program)]


def install() -> str:
    """Install what is missing. Returns a line about what is still missing and how to get it, or an empty text."""
    wanted = missing()
    if not wanted:
        return ""
    names = " ".join(dict.fromkeys(package.name for package in wanted))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {names} (apt-get; a minute or two) ...", flush=True)
        run_apt(["update"])
        run_apt(["install", "--yes", "--no-install-recommends", *names.split()])
    wanted = missing()
    if not wanted:
        return ""
    purposes = ", ".join(dict.fromkeys(f"{package.program} ({package.purpose})" for package in wanted))
    return f"not here: {purposes}. To have these tested too: apt-get install {names}"


def run_apt(arguments: list[str]) -> None:
    """Run apt-get without questions; what fails shows in what is still missing afterwards."""
    subprocess.run(
        ["apt-get", "-qq", *arguments], env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
    )

"""Flashing with OpenOCD through a debug probe: "flasher": {"tool": "openocd", "config": ["interface/cmsis-dap.cfg", ...]}."""

from mote.flash.job import Job
from mote.flash.runner import need_tool, run_tool

INSTALL = "Run: apt-get install openocd"
REMEDY = "Is the probe plugged in and the board powered? openocd itself says more."


def flash(job: Job) -> str:
    """Write, verify and start."""
    program = need_tool("openocd", INSTALL)
    config = [word for file in job.flasher["config"] for word in ("-f", file)]
    probe = ["-c", f"adapter serial {job.port}"] if job.port else []
    address = job.data["memory"]["flash"]["address"]
    size = job.image.stat().st_size
    job.progress(0, size)
    run_tool([program, *config, *probe, "-c", f"program {{{job.image}}} verify reset exit {address}"], "Error:", REMEDY)
    job.progress(size, size)
    return "its debug probe"

"""Flashing with pyOCD through a debug probe: "flasher": {"tool": "pyocd", "target": "stm32f407vg"}."""

from mote.flash.job import Job
from mote.flash.runner import need_tool, run_tool

INSTALL = "Run: pip install pyocd"
REMEDY = "Is the probe plugged in? pyocd list shows those that are found."


def flash(job: Job) -> str:
    """Write and start. Without --no-wait pyOCD waits for a probe for ever."""
    program = need_tool("pyocd", INSTALL)
    probe = ["--uid", job.port] if job.port else []
    size = job.image.stat().st_size
    words = ["load", "--no-wait", "--target", job.flasher["target"], *probe]
    job.progress(0, size)
    run_tool([program, *words, "--base-address", job.data["memory"]["flash"]["address"], str(job.image)], "rror", REMEDY)
    job.progress(size, size)
    return "its debug probe"

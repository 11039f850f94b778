"""Power is lost, and flash fails, while files are written: each has its old bytes or its new ones, and nothing is lost."""

import re

import pytest

from fault.test_allocation import fault_driver
from support.builds import Build

EVERY = {"tail-guard": 6, "sanitized": 60}  # quick runs: faults at one in so many operations
CUTS_LEAST = 6000  # of a long run


@pytest.mark.builds(*EVERY)
def test_power_cuts_leave_files_old_or_new(build: Build, long_run: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """At operations of each step on files, in four ways and then once more; the same operations fail, once or from there on."""
    every = 1 if long_run and not build.sanitized else EVERY.get(build.name, 6)
    out = fault_driver(build, "files-cuts", every, timeout=3600)
    cuts, double_cuts, failures = map(int, re.fullmatch(r"(\d+) cuts, (\d+) second cuts, (\d+) failures\n", out).groups())
    with capsys.disabled():
        print(f"\nfiles: power lost at {cuts} points, at {double_cuts} once more; {failures} failures of flash")
    assert cuts > CUTS_LEAST / every * 0.8
    assert double_cuts > cuts / 10
    assert failures > cuts / 3

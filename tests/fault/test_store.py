"""Power is lost, flash fails, forgets or is full while packages are written: each name has its old package or its new one."""

import re

import pytest

from fault.test_allocation import fault_driver
from support.builds import Build

EVERY = {"tail-guard": 8, "sanitized": 160}  # quick runs: faults at one in so many operations
STEPS = {"tail-guard": 100, "sanitized": 40}  # quick runs: in each of 40 stores
CUTS_LEAST = 80_000  # of a long run
UPDATES = 10_000


def every(build: Build, long_run: bool) -> int:
    """Faults are tried at one in so many places."""
    return max(1, EVERY[build.name] // 8) if long_run else EVERY[build.name]


@pytest.mark.builds(*EVERY)
def test_power_cuts_leave_packages_old_or_new(build: Build, long_run: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """At operations of each step, in four ways and then once more; the same operations fail, once or from there on."""
    chosen = every(build, long_run)
    out = fault_driver(build, "store-cuts", chosen, timeout=3600)
    found = re.fullmatch(r"(\d+) cuts, (\d+) second cuts, (\d+) failures, (\d+) uploads resumed\n", out)
    cuts, double_cuts, failures, resumed = map(int, found.groups())
    with capsys.disabled():
        print(f"\nstore: power lost at {cuts} points, at {double_cuts} once more; {failures} failures of flash")
        print(f"{resumed} uploads resumed")
    assert cuts > CUTS_LEAST / chosen
    assert double_cuts > cuts / 10
    assert failures > cuts / 3
    assert resumed > cuts / 10


@pytest.mark.builds(*EVERY)
def test_flipped_bits_lose_one_record_at_most(build: Build, long_run: bool) -> None:
    """Bits of headers and commit blocks: other names keep what they have, and nothing counts that nobody wrote."""
    chosen = every(build, long_run)
    out = fault_driver(build, "store-flips", chosen, timeout=3600)
    assert int(re.fullmatch(r"(\d+) flips\n", out).group(1)) > 60_000 / chosen


@pytest.mark.builds(*EVERY)
def test_full_stores_stay_right(build: Build, long_run: bool) -> None:
    """Random steps in stores that are nearly full, with and without records that must not move; what is said to fit fits."""
    out = fault_driver(build, "store-use", STEPS[build.name] * (15 if long_run else 1), timeout=3600)
    lines = re.findall(r": (\d+) steps, (\d+) full \((\d+) early\)", out)
    assert len(lines) == 40
    assert sum(int(full) for _, full, _ in lines) > 20


@pytest.mark.builds("tail-guard")
def test_updates_wear_sectors_alike(build: Build, long_run: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """One package is updated again and again while another one, a quarter of the store, stays."""
    out = fault_driver(build, "store-updates", UPDATES, 3 if long_run else 1, timeout=3600)
    with capsys.disabled():
        print(f"\nstore: {out.strip()}")
    found = re.findall(r"erased (\d+) to (\d+) times, (\d+) on average; the store says (\d+) to (\d+)", out)
    assert len(found) == (3 if long_run else 1)
    for least, most, average, _, said in (map(int, figures) for figures in found):
        assert most < 1.6 * average
        assert least > 0.3 * average
        assert most <= said < 1.3 * most

"""Every prefix of real modules is refused, read from blocks that end where the prefix ends."""

import pytest

from fault.test_allocation import fault_driver
from support.builds import Build
from support.samples import spread, suite_modules, unit_files

FILES = 40
FILES_LONG = 200


@pytest.mark.builds("tail-guard", "sanitized")
def test_prefixes_of_our_modules(build: Build) -> None:
    """The modules of the unit tests."""
    fault_driver(build, "prefixes", *unit_files().values())


@pytest.mark.builds("tail-guard", "sanitized")
def test_prefixes_of_the_suites_modules(build: Build, long_run: bool) -> None:
    """Modules of the official suite, spread over all its files."""
    modules = suite_modules(largest=1500)
    if not modules:
        pytest.skip("the official test suite is not here")
    fault_driver(build, "prefixes", *spread(modules, FILES_LONG if long_run else FILES), timeout=3600)

"""pytest's door to all test rooms: the builds under test, quick and long runs, and a summary for `mote test`."""

import json
import os
import signal
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

for folder in ("tests", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))

from support.builds import COVERAGE, Build, MissingBuild, builds, find_build  # noqa: E402  (needs the path above)
from support.jobs import REPORT_VARIABLE  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of our own."""
    group = parser.getgroup("mote")
    group.addoption("--all", action="store_true", dest="long_run", help="long runs: more examples, more cycles")
    group.addoption("--builds", default=",".join(builds()), help="builds to test, by name, joined by commas")
    group.addoption("--rebase", action="store_true", help="rewrite the expectations of golden tests")


def pytest_configure(config: pytest.Config) -> None:
    """Declare our marks. Commands under test can be interrupted, also when a shell runs us in the background, where that is
    ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "builds(*names): run a test that takes `build` with these builds only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `build` runs once for each build."""
    if "build" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption("--builds").split(",")
    mark = metafunc.definition.get_closest_marker("builds")
    room = metafunc.definition.path.parent.name
    names = [name for name in wanted if not mark or name in mark.args or name in COVERAGE]
    names = [name for name in names if find_build(name).runs_in(room)]
    if not names:  # not for any of these builds: taken out below, since it is not a skip that anyone can mend
        metafunc.parametrize("build", [None], ids=["none"], indirect=True, scope="session")
        return
    metafunc.parametrize("build", [find_build(name) for name in names], ids=names, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out tests that are not for any of the wanted builds, and what a quick run leaves to longer ones."""
    long_run = config.getoption("long_run") or config.getoption("keyword")
    unwanted = [item for item in items if not is_wanted(item, bool(long_run))]
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if item not in set(unwanted)]


def is_wanted(item: pytest.Item, long_run: bool) -> bool:
    """Whether an item's build takes it; quick runs take a sample that is always the same."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    build = params.get("build", 0)
    if build is None or build == 0 or long_run:
        return build is not None
    if build.sample == 0:
        return False
    others = [name for name in params if name != "build"]
    return not others or zlib.crc32(item.nodeid.encode()) % build.sample == 0


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest) -> Build:
    """The build under test; a test is skipped with the reason when this machine cannot make it."""
    chosen: Build = request.param
    try:
        chosen.check_needs()
    except MissingBuild as missing:
        pytest.skip(str(missing))
    return chosen


@pytest.fixture(scope="session")
def long_run(request: pytest.FixtureRequest) -> bool:
    """Whether `--all` was given."""
    return bool(request.config.getoption("long_run"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write counts, failures and reasons of skips for `mote test`."""
    target = os.environ.get(REPORT_VARIABLE)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not target or reporter is None:
        return
    stats: dict[str, list[Any]] = reporter.stats
    failed = stats.get("failed", []) + stats.get("error", [])
    reasons = Counter(_reason(report) for report in stats.get("skipped", []))
    Path(target).write_text(json.dumps({
        "passed": len(stats.get("passed", [])),
        "failed": len(failed),
        "skipped": sum(reasons.values()),
        "failures": [report.nodeid for report in failed],
        "reasons": reasons,
        "exit": int(exitstatus),
    }))


def _reason(report: Any) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")

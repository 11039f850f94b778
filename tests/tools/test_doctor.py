"""`mote doctor` finds what is there and names the line that mends what is not."""

import json
from pathlib import Path

import pytest

from mote import doctor
from mote.doctor import ABSENT, MISSING, OK, Finding
from mote.lock import Pin, locked
from tools.command import mote

LOCK = """# a comment
click==8.5.1 \\
    --hash=sha256:00
both==1.0 ; python_version < "3" \\
    --hash=sha256:00
both==2.0 ; python_version >= "3" \\
    --hash=sha256:00
Some.Name-x==1.0
"""


def test_every_finding_that_is_not_ok_names_a_remedy() -> None:
    for finding in doctor.examine():
        assert finding.state in (OK, MISSING, ABSENT)
        assert bool(finding.remedy) == (finding.state != OK), finding


def test_report_and_json_say_the_same() -> None:
    plain, data = mote("doctor"), mote("doctor", "--json")
    findings = json.loads(data.out)
    assert plain.status == data.status == int(any(f["state"] == MISSING for f in findings))
    for finding in findings:
        assert f"  {finding['state']:<7}  {finding['name']}" in plain.out
        assert finding["remedy"] in plain.out


def test_the_lock_file_is_read_with_markers_and_hashes(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text(LOCK)
    assert locked(tmp_path) == [Pin("click", "8.5.1"), Pin("both", "2.0"), Pin("Some.Name-x", "1.0")]
    assert locked(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("pin", "state"), [(Pin("no-such-package-of-ours", "1.0"), MISSING), (Pin("click", "0.0.1"), ABSENT)]
)
def test_a_package_is_compared_with_its_pin(pin: Pin, state: str) -> None:
    assert doctor.look_at_package(pin).state == state


def test_something_missing_gives_status_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from mote.cli import main

    finding = Finding("Group", "thing", MISSING, "it is gone", "bring it back")
    monkeypatch.setattr("mote.cli.doctor.examine", lambda: [finding])
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "bring it back" in out
    assert "1 thing missing: thing." in out


def test_the_suite_is_looked_for_where_the_variable_points(tmp_path: Path) -> None:
    def suite(value: Path) -> dict[str, str]:
        report = json.loads(mote("doctor", "--json", env={"MOTE_SPEC_SUITE": str(value)}).out)
        return next(f for f in report if f["name"] == "official test suite")

    assert suite(tmp_path)["state"] == OK
    assert suite(tmp_path / "nothing")["state"] == ABSENT

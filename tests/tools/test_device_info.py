"""`mote device info`: what a device says of itself, for a person."""

import pytest

from mote.cli.device import show_info


@pytest.mark.parametrize("safe", [False, True])
def test_a_device_that_started_nothing_by_itself_says_so(safe: bool, capsys: pytest.CaptureFixture[str]) -> None:
    show_info({"device": "here", "board": "esp32c3", "safe": safe})
    said = capsys.readouterr().out
    assert "esp32c3" in said
    assert ("Nothing was started by itself" in said) == safe

"""`mote monitor` tells a device that was restarted from one that answers slowly, by when it must have been started."""

import pytest

from mote.device.restart import Booted


def seen(boot: float, asked: float, latency: float = 0.01) -> Booted:
    """What is known of a device started at `boot` when it is asked at `asked`, halfway through an answer of that latency."""
    uptime = int((asked - boot) * 1000) / 1000
    return Booted(asked - latency / 2 - uptime, asked + latency / 2 - uptime, asked + latency / 2)


@pytest.mark.parametrize(
    ("later", "again"),
    [
        (seen(0.6, 0.7), True),  # it was up for half a second only
        (seen(1.0, 1.2), True),
        (seen(100.0, 5000.0), True),
        (seen(0.0, 5.0), False),
        (seen(0.0, 5.0, latency=3.0), False),
        (seen(0.0, 3600.0), False),
        (Booted(36.0, 36.01, 3600.0), False),  # its clock is one percent slow
    ],
)
def test_a_restart_is_noticed_and_a_slow_answer_is_none(later: Booted, again: bool) -> None:
    assert later.is_after(seen(0.0, 0.5)) is again

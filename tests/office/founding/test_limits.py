"""The commune's limits as a technician types them."""

from __future__ import annotations

from refusals import refused

from langso.errors import UsageError
from office.founding.limits import read_loudness


def test_caps_on_loudness_are_read_as_they_are_written() -> None:
    night, alarms = read_loudness(["21:00-06:00=60", "22:00-05:00=80:emergency,priority"])
    assert (night.start, night.end, night.volume, night.classes) == ("21:00", "06:00", 60, ("normal", "priority"))
    assert (alarms.volume, alarms.classes) == (80, ("emergency", "priority"))
    for wrong in ("", "21:00-06:00", "21:00=60", "21:00-06:00=101", "21:00-06:00=x", "21:00-06:00=60:loud", "1=2=3"):
        with refused(UsageError, "founding-loudness"):
            read_loudness([wrong])

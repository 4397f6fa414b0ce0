"""What became of a broadcast on one loudspeaker, from what the loudspeaker said of it. Pure; decided here alone.

Pages, answers and stories go by it; what is written on a page is for people only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from office.broadcasting.play_reports import PlayReport


class Became(StrEnum):
    """One of these holds at any moment, for each loudspeaker that is meant."""

    WAITING = "waiting"
    """Its time has not come."""
    DUE = "due"
    """Its time has come; nothing was heard of the loudspeaker yet, and nothing has to."""
    ON_AIR = "on_air"
    PLAYED = "played"
    CUT = "cut"
    MISSED = "missed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Staff took it back, and the loudspeaker does not say that anything of it was heard."""
    NOT_SENT = "not_sent"
    """It stands in no signed plan, so no loudspeaker knows of it."""
    UNKNOWN = "unknown"
    """It should be over by now, and the loudspeaker has not said how it ended."""


ENDINGS = frozenset({Became.PLAYED, Became.CUT, Became.MISSED, Became.REFUSED})
ILL = ENDINGS - {Became.PLAYED}


def became(report: PlayReport | None, *, begun: bool, over: bool) -> Became:
    """Of a broadcast that is to be heard. `begun`: its time has come; `over`: it should have ended long since."""
    if report is not None and report.outcome is not None:
        return Became(report.outcome) if report.outcome in ENDINGS else Became.UNKNOWN
    if report is not None and report.started is not None:
        return Became.ON_AIR
    if over:
        return Became.UNKNOWN
    return Became.DUE if begun else Became.WAITING


def played_and_ill(each: Iterable[Became]) -> tuple[int, int]:
    """On how many loudspeakers it was played to its end, and on how many it was not although they have ended it."""
    listed = list(each)
    return listed.count(Became.PLAYED), sum(one in ILL for one in listed)

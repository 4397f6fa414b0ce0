"""What became of a broadcast on one loudspeaker, decided here alone, from what the loudspeaker reported. Pure.

Pages, answers and the village's story go by this; the text on a page is for people only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from office.broadcasting.play_reports import PlayReport


class Became(StrEnum):
    """Exactly one of these holds at any moment, for each loudspeaker that is to play the broadcast."""

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
    """It should be over by now, begun or not, and the loudspeaker has not said how it ended."""


ENDINGS = frozenset({Became.PLAYED, Became.CUT, Became.MISSED, Became.REFUSED})
ILL = ENDINGS - {Became.PLAYED}


def became(report: PlayReport | None, *, begun: bool, over: bool) -> Became:
    """`report`: what the loudspeaker said, None for nothing. `begun`: its time has come; `over`: it should have ended
    long ago.
    """
    if report is not None and report.outcome is not None:
        return Became(report.outcome) if report.outcome in ENDINGS else Became.UNKNOWN
    if over:
        return Became.UNKNOWN
    if report is not None and report.started is not None:
        return Became.ON_AIR
    return Became.DUE if begun else Became.WAITING


def played_and_ill(each: Iterable[Became]) -> tuple[int, int]:
    """(how many loudspeakers played it to its end, how many ended it in another way)."""
    listed = list(each)
    return listed.count(Became.PLAYED), sum(one in ILL for one in listed)

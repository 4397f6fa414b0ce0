"""Why a play was not played whole: a closed set of codes, each with its parameters and its words.

On the wire a code is bounded text beside `why`: a later v1 may have more codes than this program knows, and release
0.1.0 has none. `in_words` is how a person reads any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from langso.words.catalogue import is_known, t


class Ending(StrEnum):
    """What loudspeakers of this release write; never renamed, for others decide by it."""

    POWER = "power"
    WITHDRAWN = "withdrawn"
    MUTED = "muted"
    MUTED_WHEN_DUE = "muted_when_due"
    ALL_CLEAR = "all_clear"
    STOPPED = "stopped"
    EXPIRED = "expired"
    GAVE_WAY = "gave_way"
    MEDIA = "media"
    BUSY = "busy"
    LATE = "late"
    BEFORE_JOURNAL = "before_journal"
    QUIET = "quiet"
    MINUTES = "minutes"
    ISSUER_MINUTES = "issuer_minutes"
    NO_RIGHT = "no_right"
    NOT_HERE = "not_here"
    SOUND = "sound"


AS_IN_0_1_0 = {Ending.POWER: "power", Ending.WITHDRAWN: "withdrawn", Ending.MUTED: "muted"}
"""These stand in `why` as themselves, as release 0.1.0 writes them and others have learnt to read them."""
Value = str | int | float


@dataclass(frozen=True)
class Reason:
    """A code, what its sentence names, and the `why` that travels beside it (default: its Vietnamese sentence)."""

    code: Ending
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)
    said: str = ""

    @property
    def why(self) -> str:
        """For those who do not know the code; at most 200 characters."""
        return (self.said or AS_IN_0_1_0.get(self.code) or t(f"endings-{self.code}", **self.parameters))[:200]

    def after(self, first: Reason) -> Reason:
        """This as what kept a play from coming back, which `first` had cut."""
        return Reason(self.code, {**self.parameters, "after": str(first.code)}, f"{first.why}; {self.why}"[:200])


def in_words(code: str | None, parameters: Mapping[str, Value] | None, why: str) -> str:
    """An ending for a person: by its code, by the code that 0.1.0 writes into `why`, else the `why` as it came."""
    known = code or (why if why in AS_IN_0_1_0.values() else None)
    return t(f"endings-{known}", **(parameters or {})) if known and is_known(f"endings-{known}") else why

"""Why a play was not played whole: a closed set of codes, each with its parameters and its words.

On the wire a code is bounded text beside `why`: a later v1 may have more codes than this program knows, and release
0.1.0 has none. `in_words` is how a person reads any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from langso.words.catalogue import Sentence, known_sentence, said


class Ending(StrEnum):
    """The codes that loudspeakers of this release write. Never rename one: other programs decide by it."""

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
    RELAY = "relay"
    SOUND = "sound"
    SILENT = "silent"
    SHORT = "short"
    RELEASED = "released"
    TALK_DAY = "talk_day"
    TALK_MONTH = "talk_month"
    TALK_LONG = "talk_long"
    FALLBACK = "fallback"


AS_IN_0_1_0 = {Ending.POWER: "power", Ending.WITHDRAWN: "withdrawn", Ending.MUTED: "muted"}
"""These stand in `why` as themselves, as release 0.1.0 writes them and others have learnt to read them."""
Value = str | int | float


@dataclass(frozen=True)
class Reason:
    """Why a play ended: a code, the parameters of its sentence, and the `why` that is sent with it (default: the
    Vietnamese sentence).
    """

    code: Ending
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)
    said: str = ""

    @property
    def sentence(self) -> Sentence:
        """As it is said in whatever language is spoken then."""
        return Sentence(f"endings-{self.code}", **self.parameters)

    @property
    def why(self) -> str:
        """The sentence for readers that do not know the code; at most 200 characters."""
        return (self.said or AS_IN_0_1_0.get(self.code) or str(self.sentence))[:200]

    def after(self, first: Reason) -> Reason:
        """This reason as the cause why a play that `first` had cut did not come back."""
        return Reason(self.code, {**self.parameters, "after": str(first.code)}, f"{first.why}; {self.why}"[:200])


def in_words(code: str | None, parameters: Mapping[str, Value] | None, why: str) -> str:
    """An ending as a person reads it: from its code; else from the code that 0.1.0 wrote into `why`; else `why` as it
    came.
    """
    known = code or (why if why in AS_IN_0_1_0.values() else None)
    return said((known_sentence(f"endings-{known}", parameters or {}) if known else None) or why)

"""What `timeline.decide` is asked and what it answers: a situation of shows, entries and time; the next steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from langso.contract.outcomes import Ending, Reason
from speaker.programme.shows import Show, Stop, play_of

Outcome = Literal["played", "cut", "missed", "refused"]
PlayState = Literal["claimed", "interrupted", "muted", "lacking", "stood_in", "ended"]


@dataclass(frozen=True)
class Entry:
    """What is recorded of a show: claimed (its sound was about to start), interrupted at a position, kept silent by
    the mute on the spot (from a position: 0 if nothing of it sounded), `lacking` a station's sound, so that its
    substitute is next, `stood_in` for by that to its end, or ended.

    `began`: wall time of position 0 when it was claimed; `at`: wall time of this state. `kind`, `epoch`, `start`,
    `content`, `aim`: as the show had them when it was claimed; None where an earlier release recorded it.
    `provisional`: it ended unheard by a clock that had just leapt, and may be taken back.
    """

    id: str
    state: PlayState
    began: datetime
    at: datetime
    position_ms: int = 0
    urgent: bool = False
    issuer: str = ""
    kind: str | None = None
    epoch: int | None = None
    start: datetime | None = None
    content: str | None = None
    aim: str | None = None
    provisional: bool = False

    @property
    def play(self) -> str:
        """The play it is of."""
        return play_of(self.kind, self.issuer, self.epoch, self.id)


@dataclass(frozen=True)
class Playing:
    """A show that sounds, or is about to: `begins` is the wall time of its position 0. `instead`: its substitute
    does; `stalled`: it is a station that has said nothing for long.
    """

    show: Show
    begins: datetime
    ends: datetime
    instead: bool = False
    stalled: bool = False


@dataclass(frozen=True)
class Situation:
    """Everything that `decide` needs. `ready`: whether all of a show's media is here; `refusal`: why policy forbids
    it at a time; `instead`: whether its substitute is here, and its own media were waited for long enough.

    `scheduled` and `entries` (by play) may leave out what cannot matter now; `listed`: plays that the programme has
    all the same. `reused`: plays whose id the documents now give to something else: what sounds ends as it
    was ordered. `born`: when this journal began; what was due before that was not this journal's to play.
    `doubtful_after`: the clock has just leapt over what was due after this moment; `taken_back`: plays whose ending
    such a clock had judged wrongly. `let_go`: talks whose key was let go: they are over as they should be.
    """

    now: datetime
    trusted: bool
    scheduled: tuple[Show, ...] = ()
    urgent: tuple[Show, ...] = ()
    stops: tuple[Stop, ...] = ()
    cleared: frozenset[str] = frozenset()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    reused: frozenset[str] = frozenset()
    playing: tuple[Playing, ...] = ()
    ready: Callable[[Show], bool] = lambda show: True
    instead: Callable[[Show], bool] = lambda show: False
    refusal: Callable[[Show, datetime], Reason | None] = lambda show, at: None
    born: datetime | None = None
    doubtful_after: datetime | None = None
    taken_back: frozenset[str] = frozenset()
    let_go: frozenset[str] = frozenset()
    muted: bool = False
    lead_ready: timedelta = timedelta(0)


@dataclass(frozen=True)
class Cut:
    """Silence this show now. `keep`: it may come back; else it ends with this outcome and reason."""

    show: Show
    keep: bool
    reason: Reason
    outcome: Outcome = "cut"

    @property
    def muted(self) -> bool:
        """Whether somebody on the spot wanted silence."""
        return self.reason.code is Ending.MUTED

    @property
    def leaves(self) -> PlayState:
        """How a show that is kept waits for its next turn."""
        if self.muted:
            return "muted"
        return "lacking" if self.reason.code is Ending.FALLBACK else "interrupted"


@dataclass(frozen=True)
class Finish:
    """Record the end of a play that does not sound. `provisional`: by a clock that has just leapt."""

    play: str
    outcome: Outcome
    reason: Reason
    provisional: bool = False


@dataclass(frozen=True)
class Begin:
    """Start a show so that `position_ms` is heard at `at` (None: as soon as can be); `instead`: its substitute."""

    show: Show
    position_ms: int = 0
    at: datetime | None = None
    chime: bool = True
    instead: bool = False


@dataclass(frozen=True)
class Decision:
    """First do the cuts, then the finishes, then the beginning; then decide again. With nothing to do, wait until
    `wake`. `take_back`: plays whose provisional ending was wrong; they come alone, and are open again. `silenced`:
    emergencies that the mute on the spot keeps from being heard, to be recorded as such.
    """

    cuts: tuple[Cut, ...] = ()
    finishes: tuple[Finish, ...] = ()
    begin: Begin | None = None
    wake: datetime | None = None
    take_back: tuple[str, ...] = ()
    silenced: tuple[Show, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do but wait."""
        return not (self.cuts or self.finishes or self.begin or self.take_back or self.silenced)

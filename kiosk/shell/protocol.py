"""What shell, journeys and screens say to each other: plain values only. None of the three holds an object of
another, so that a visit may run in a process of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any, Protocol, TypeAlias

import numpy as np

from kiosk.prompts.aloud import Spoken

Plain: TypeAlias = Any
"""None, a number, text, bytes, a picture, or a tuple or frozen dataclass of such (see `is_plain`)."""


STRAY = "stray"
"""The event of a touch that meant nothing: on no button, or on one that does nothing now."""


BEGINS = ("scan", "fee", "clock")
"""The events of the first page that begin the journey of the same name: somebody is there."""

BROKE_OFF = "broke_off"
"""The shell's own event at the first page of a visit that begins because the one before broke off: the code of what
was handed in before, "" for nothing.
"""

GIVEN = "given"
"""The shell's own event at the first page after a restart: id and pages of a dossier whose code is shown again."""


@dataclass(frozen=True)
class Event:
    """What the villager did at a place: the event's name, as the screen gives it, and a value."""

    place: str
    name: str
    value: Plain = None

    @property
    def number(self) -> int | None:
        """Its value where that is a whole number, else None."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def points(self) -> tuple[tuple[float, float], ...] | None:
        """Its value where that is four points of numbers, else None."""
        four = self.value if isinstance(self.value, tuple) and len(self.value) == 4 else ()
        known = [one for one in four if isinstance(one, tuple) and len(one) == 2 and all(map(_is_measure, one))]
        return tuple((float(x), float(y)) for x, y in known) if len(known) == 4 else None


@dataclass(frozen=True, eq=False)
class Destination:
    """Go to a registered place, which shows `shows`. A place that is on the back stack already is gone back to.
    `alone`: only the first page stays behind it, since what was sent cannot be gone back from.
    """

    place: str
    shows: Plain = None
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Changed:
    """Stay at the place; it shows this now."""

    shows: Plain


@dataclass(frozen=True)
class BeginJourney:
    """Begin another journey, by its registered name."""

    name: str


@dataclass(frozen=True)
class Back:
    """Go to the place before, as its journey sees it now (`Journey.anew`)."""


@dataclass(frozen=True)
class Home:
    """The visit is over: wipe everything personal and go to the first page."""


@dataclass(frozen=True)
class Letters:
    """How large letters are (an element of `kiosk.style.theme.SIZES`) and whether contrast is high."""

    text: float = 1.0
    high_contrast: bool = False


@dataclass(frozen=True)
class Restyle:
    """Draw everything with these letters."""

    letters: Letters


@dataclass(frozen=True, eq=False)
class Slow:
    """Do `work` on a thread; then `done` or `failed` is called on the screen's thread and says what follows. `shows`:
    what the place shows meanwhile.

    If the place was left meanwhile, neither is called; if another place covers it, they are called when it is seen
    again.
    """

    work: Callable[[], Any]
    done: Callable[[Any], Next]
    failed: Callable[[BaseException], Next]
    shows: Plain = None


Next: TypeAlias = Destination | Changed | BeginJourney | Back | Home | Restyle | Slow | None
"""A journey's answer; None: nothing changes."""


class Journey(ABC):
    """Decides what happens at its places. A new one is made for each visit; it knows no screen and no Kivy.

    `wants_light`: whether the camera it uses lacks light; None while it uses none.
    """

    wants_light: bool | None = None

    @abstractmethod
    def begin(self) -> Destination:
        """The place where the journey begins."""

    @abstractmethod
    def answer(self, event: Event) -> Next:
        """What follows from an event at one of its places."""

    def anew(self, there: Destination) -> Destination:
        """The same place as it is now, when it is gone back to."""
        return there

    def opened(self, place: str) -> Next:
        """One of its places is seen now; may answer at once (a camera is opened here)."""
        del place
        return None

    def closed(self, place: str) -> None:  # noqa: B027 - most have nothing to let go of
        """That place is not seen any more; a camera is closed here."""

    def tick(self, place: str) -> Next:
        """Called some thirty times a second while the place is seen."""
        del place
        return None

    def end(self) -> None:  # noqa: B027 - most have nothing to let go of
        """None of its places will be seen again."""


class Emit(Protocol):
    """How a screen tells what the villager did: an event's name, and a plain value where there is one."""

    def __call__(self, name: str, value: Plain = None, /) -> None: ...


class Drawn(Protocol):
    """A screen, as the shell knows it: a Kivy widget made of a theme, what it shows, and `Emit`."""

    spoken: Spoken
    opacity: float

    def change(self, shows: Plain) -> None:
        """The place shows this now."""

    def time_left(self, seconds: int) -> None:
        """So long nobody need touch it. Told ten times a second where the registry says that the screen shows it."""

    def dropped(self) -> None:
        """It was removed from the screen: it must hold no picture any more."""


class Draws(Protocol):
    """A window, as who leads it from place to place knows it."""

    def show(self, there: Destination) -> None:
        """Draws a place instead of the present one."""

    def change(self, shows: Plain) -> None:
        """The present place shows this now."""

    def restyle(self, letters: Letters) -> None:
        """Uses these letters from the next `show` on."""

    def end_visit(self, *, fault: bool = False) -> None:
        """Wipes everything personal that the window has. `fault`: the visit ends by a fault of ours."""


def _is_measure(value: object) -> bool:
    return isinstance(value, int | float) and isfinite(value)


def is_plain(value: Plain) -> bool:
    """Whether a value is plain: it could be sent to another process as it is."""
    if value is None or isinstance(value, bool | int | float | str | bytes | np.ndarray):
        return True
    if isinstance(value, tuple):
        return all(is_plain(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return all(is_plain(getattr(value, field.name)) for field in fields(value))
    return False

"""What the shell, its journeys and its screens say to each other. Only plain values cross: none of the three holds a
piece of another, so that a visit may live in a process of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

Plain: TypeAlias = Any
"""None, a number, text, bytes, a picture, or a tuple or frozen dataclass of such (see `is_plain`)."""


@dataclass(frozen=True)
class Event:
    """What the villager did at a place: the name that its screen gives it, and with what."""

    place: str
    name: str
    value: Plain = None


@dataclass(frozen=True, eq=False)
class Destination:
    """Go to a registered place, which shows this. One that lies behind is gone back to. `alone`: nothing lies behind
    it any more but the first page: a thing that was sent cannot be gone back from.
    """

    place: str
    shows: Plain = None
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Changed:
    """Stay, but the place shows this now."""

    shows: Plain


@dataclass(frozen=True)
class BeginJourney:
    """Another journey, by its registered name."""

    name: str


@dataclass(frozen=True)
class Back:
    """To the place before, as its journey now sees it."""


@dataclass(frozen=True)
class Home:
    """The visit is over: everything personal is wiped."""


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
    """Something slow, on a thread; `done` or `failed` says on the screen's thread what then. `shows`: meanwhile.

    Where the place has been left meanwhile neither is asked; where it is covered, when it is seen again.
    """

    work: Callable[[], Any]
    done: Callable[[Any], Next]
    failed: Callable[[BaseException], Next]
    shows: Plain = None


Next: TypeAlias = Destination | Changed | BeginJourney | Back | Home | Restyle | Slow | None
"""A journey's answer; None: nothing changes."""


class Journey(ABC):
    """Decides: answers what happens at its places. Made anew for each visit; no screen and no Kivy is known to it.

    `wants_light`: whether the camera it looks through lacks light; None while it looks through none.
    """

    wants_light: bool | None = None

    @abstractmethod
    def begin(self) -> Destination:
        """Where it begins."""

    @abstractmethod
    def answer(self, event: Event) -> Next:
        """What follows from an event at one of its places."""

    def anew(self, there: Destination) -> Destination:
        """A place that is gone back to, as it is now."""
        return there

    def opened(self, place: str) -> Next:
        """A place of its own is seen now."""
        del place
        return None

    def closed(self, place: str) -> None:  # noqa: B027 - most have nothing to let go of
        """It is seen no more; a camera is let go."""

    def tick(self, place: str) -> Next:
        """Ten times a second while the place is seen."""
        del place
        return None

    def end(self) -> None:  # noqa: B027 - most have nothing to let go of
        """None of its places will be seen again."""


class Emit(Protocol):
    """How a screen tells what was done: an event's name, and a plain value where there is one."""

    def __call__(self, name: str, value: Plain = None, /) -> None: ...


class Drawn(Protocol):
    """What the shell knows of a screen; it is made of a theme, what it shows, and `Emit`. A Kivy widget."""

    spoken: str
    opacity: float

    def change(self, shows: Plain) -> None:
        """The place shows this now."""

    def dropped(self) -> None:
        """It is off the glass: no picture may be held."""


def is_plain(value: Plain) -> bool:
    """Whether a value may cross: it could be sent to another process as it is."""
    if value is None or isinstance(value, bool | int | float | str | bytes | np.ndarray):
        return True
    if isinstance(value, tuple):
        return all(is_plain(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return all(is_plain(getattr(value, field.name)) for field in fields(value))
    return False

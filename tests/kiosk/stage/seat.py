"""Visits before a window that only takes notes, with processes that tell what a test has them tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.errors import NotReady
from kiosk.journeys.showing import SorryShows
from kiosk.sending.sealing import HandedIn, SealedDocument
from kiosk.shell.protocol import Destination, Letters
from kiosk.shell.told import Alive, NewPage, Prepared
from kiosk.shell.visits import Visits

SEALED = SealedDocument(b"age-encryption.org/v1", "Giấy khai sinh", 1, "0" * 64)
HANDED = HandedIn("TN-261130-482173", "Giấy khai sinh", 1)


class Process:
    """A visit's process that tells what a test puts into `says`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.says: deque[Any] = deque()
        self.told: list[Any] = []
        self.ended = self.prepared = self.keeping = self.killed = False
        self.word = self.started = clock()
        self.folder: Path | None = None
        self.pid = id(self)

    def tell(self, message: Any) -> None:
        self.told.append(message)

    def heard(self) -> Any:
        if self.ended or not self.says:
            return None
        self.word = self._clock()
        return self.says.popleft()

    def kill(self) -> None:
        self.ended = self.killed = True

    def bury(self) -> None:
        pass


@dataclass
class Seat:
    """Visits before a window that only takes notes. `now`: the clock; `late`: what threads will bring back."""

    now: float = 1000.0
    made: list[Process] = field(default_factory=list)
    seen: list[tuple[str, Any]] = field(default_factory=list)
    letters: Letters = field(default_factory=Letters)
    wiped: int = 0
    hurried: int = 0
    late: list[Callable[[], None]] = field(default_factory=list)
    starts: bool = True
    draws: bool = True
    keep: Callable[[SealedDocument], HandedIn] = lambda _: HANDED

    def __post_init__(self) -> None:
        self.visits = Visits(
            self,
            Path("/nowhere"),
            lambda folder: ("begin", folder),  # type: ignore[arg-type, return-value]
            lambda sealed: self.keep(sealed),
            self._hurry,
            self,  # type: ignore[arg-type]
            worker=self._process,  # type: ignore[arg-type]
            clock=lambda: self.now,
        )
        self.visits.go_home()

    # The window.

    def show(self, there: Destination) -> None:
        if not self.draws and there.place not in ("home", "sorry"):
            raise KeyError("what she is called")
        self.seen.append((there.place, there.shows))

    def change(self, shows: Any) -> None:
        self.seen.append(("", shows))

    def restyle(self, letters: Letters) -> None:
        self.letters = letters

    def end_visit(self, *, fault: bool = False) -> None:
        self.wiped += 1

    def first_page(self) -> Destination:
        return Destination("home", "the first page")

    def sorry_page(self, code: str) -> Destination:
        return Destination("sorry", SorryShows(code))

    def alive(self, told: Alive) -> None:
        self.seen.append(("alive", told.camera_fault))

    # Its threads.

    def run(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        try:
            result = what()
        except NotReady as error:
            fault = error
            self.late.append(lambda: failed(fault))
        else:
            self.late.append(lambda: done(result))

    def start(self, thread: Any) -> None:
        pass

    def bring(self) -> None:
        calls, self.late = self.late, []
        for call in calls:
            call()

    # What a test does.

    @property
    def served(self) -> Process:
        """The process that serves."""
        one = self.visits._serving
        assert isinstance(one, Process)
        return one

    @property
    def places(self) -> list[str]:
        return [place for place, _ in self.seen]

    def says(self, *messages: Any) -> None:
        self.served.says.extend(messages)
        for _ in messages:
            self.visits.tick()

    def ready(self) -> Process:
        """The newest process has loaded, and serves."""
        self.loaded()
        return self.served

    def loaded(self) -> Process:
        """The newest process has loaded."""
        while not self.made or self.made[-1].ended:
            self.now += 1
            self.visits.tick()
        self.made[-1].says.append(Prepared())
        self.visits.tick()
        return self.made[-1]

    def at(self, place: str) -> Process:
        """A visit that has come to a place."""
        process = self.ready()
        self.says(NewPage(1, Destination("home", "now")), NewPage(2, Destination(place)))
        return process

    def passes(self, seconds: float, *, word: bool = True) -> None:
        self.now += seconds
        if word and self.visits._serving is not None:
            self.served.word = self.now
        self.visits.tick()

    def _hurry(self) -> None:
        self.hurried += 1

    def _process(self) -> Process:
        if not self.starts:
            raise OSError(11, "Resource temporarily unavailable")
        self.made.append(Process(lambda: self.now))
        return self.made[-1]

"""Sound files by hash: fetched over HTTP, verified before use, kept so that they play without a network."""

from __future__ import annotations

import contextlib
import functools
import logging
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langso.contract import Media
from langso.contract.health import Check
from langso.durable.errors import CardHangs
from langso.durable.files import make_folder, sync_folder, write_atomic
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from langso.voices.signals import signal_file, signal_of
from langso.words.catalogue import Sentence, t
from langso.words.os_reasons import os_reason
from speaker.errors import LibraryFull, MediaRefused, MediaUnavailable
from speaker.media.card_room import CardRoom
from speaker.media.fetching import TIMEOUT_S, Fetcher, is_medium
from speaker.media.reading_again import ReadingAgain
from speaker.media.shelving import NEAR_BYTES, Shelving, first_within
from speaker.media.spare_shelf import SpareShelf

if TYPE_CHECKING:
    from langso.device.office_line import OfficeLine

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
MOST_KEPT = 16 << 20
"""Bytes; what is always kept is some dozens of sentences, and must not take the room of all else."""
BULK_WAITS_S = 0.5
"""How often it is looked whether the line is free again of what is urgent."""


@dataclass
class _Try:
    """How fetching one medium goes: failures since it last brought something, how often that was not what was signed,
    not again before this monotonic time, why.
    """

    failures: int = 0
    refusals: int = 0
    not_before: float = 0.0
    why: str = ""

    @property
    def in_vain(self) -> int:
        """So many tries in a row brought it no nearer: false bytes, however many, are none of it."""
        return max(self.failures, self.refusals)


class Library:
    """Files named by their SHA-256 in `folder`; `url`: `http(s)://host:port`, None when there is no source.

    `on_change` is called (from a thread of the library's or the courier's) when a medium is ready. `line`: how the
    office is reached. `spare`: where a few are kept meanwhile if the card takes none; `hangs`: whether it hangs.
    """

    def __init__(
        self,
        folder: Path,
        url: str | None,
        max_bytes: int,
        clock: Clock,
        *,
        line: OfficeLine | None = None,
        on_change: Callable[[], None] = lambda: None,
        spare: SpareShelf | None = None,
        hangs: Callable[[], bool] = lambda: False,
    ) -> None:
        with contextlib.suppress(OSError):
            make_folder(folder)
        self._folder = folder
        self._spare = spare
        self._hangs = hangs
        self._places: dict[str, Path] = {}
        self._near: dict[str, Media] = {}
        self._shelving = (
            None if spare is None else Shelving(folder, spare, clock, make_room=self._make_room, lies=self._lies)
        )
        self._url = url
        self._room = CardRoom(folder, max_bytes, self._is_gone)
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._wanted: dict[str, Media] = {}
        self._urgent: frozenset[str] = frozenset()
        self._kept: frozenset[str] = frozenset()
        self._ready: set[str] = set()
        self._again = ReadingAgain()
        self._tries: dict[str, _Try] = {}
        self._busy: set[str] = set()
        self._full = ""
        self._fetcher = None
        if url is not None:
            self._fetcher = Fetcher(url, line, clock, stops=self._stops, goes_on=self._goes_on)
        self._threads = {
            urgent: WorkerThread(name, functools.partial(self._run, urgent))
            for urgent, name in ((False, "library"), (True, "library-urgent"))
        }

    def start(self) -> None:
        """Begins to fetch in two threads: one is for urgent sounds alone, whatever the other waits for."""
        for thread in self._threads.values():
            thread.start()

    def stop(self) -> None:
        """Stops fetching; what is half here goes on from there next time."""
        for thread in self._threads.values():
            thread.stop(TIMEOUT_S + 2)

    def want(self, media: Iterable[Media], urgent: Iterable[Media] = (), kept: Iterable[Media] = ()) -> None:
        """All media that held documents name, in order of need; urgent ones go ahead of whatever is being fetched,
        kept ones make room for nothing.
        """
        first, always = {medium.sha256: medium for medium in urgent}, first_within(kept, MOST_KEPT)
        with self._lock:
            self._wanted = first | {sha256: medium for sha256, medium in always.items() if sha256 not in first}
            for medium in media:
                self._wanted.setdefault(medium.sha256, medium)
            self._urgent = frozenset(first)
            self._kept = frozenset(always)
            self._tries = {sha256: entry for sha256, entry in self._tries.items() if sha256 in self._wanted}
        self._wake()

    def keep_near(self, media: Iterable[Media]) -> None:
        """What is due soonest, in order: copies of it, 16 MiB at most, also lie beside the card, so that a card that
        can no longer be read silences none of it.
        """
        near = first_within(media, NEAR_BYTES)
        with self._lock:
            changed = near.keys() != self._near.keys()
            self._near = near
        if changed:
            self._wake()

    def soon(self, media: Iterable[Media]) -> None:
        """These are about to be played: a card forgets, and what it gives now is held against the hash once more."""
        self._again.soon(media)
        self._wake()

    def hurry(self) -> None:
        """The connection is back: tries again at once."""
        with self._lock:
            for entry in self._tries.values():
                entry.not_before = 0.0
        self._wake()

    def ready(self, medium: Media) -> bool:
        """Whether the file is here and was verified since this process began."""
        with self._lock:
            return medium.sha256 in self._ready

    def path(self, medium: Media) -> Path:
        """The file's path, whether it is here or not."""
        with self._lock:
            return self._places.get(medium.sha256, self._folder / medium.sha256)

    def here(self) -> list[Media]:
        """Wanted media that are here, in order of need."""
        with self._lock:
            return [medium for sha256, medium in self._wanted.items() if sha256 in self._ready]

    def missing(self) -> list[Media]:
        """Wanted media that are not here yet, in order of need."""
        with self._lock:
            return [medium for sha256, medium in self._wanted.items() if sha256 not in self._ready]

    def adopt(self, file: Path) -> bool:
        """Takes over a file that a courier brought, on the same file system, named by its hash; False where nothing
        wants it. Raises LibraryFull, MediaRefused (other bytes than signed), OSError.
        """
        with self._lock:
            medium = self._wanted.get(file.name)
        if medium is None or self.ready(medium):
            return False
        if not is_medium(file, medium):
            raise MediaRefused(Sentence("media-wrong-hash"))
        self._make_room(medium)
        place = file.replace(self._folder / medium.sha256)
        sync_folder(self._folder)
        self._is_here(medium, place)
        return True

    def counts(self) -> tuple[int, int]:
        """(files ready, files wanted)."""
        with self._lock:
            return len(self._ready & self._wanted.keys()), len(self._wanted)

    def check(self) -> Check:
        """Health line `library`."""
        ready, wanted = self.counts()
        if self._full:
            return Check.bad(
                "library",
                t("media-full", full=self._full),
                t("media-make-space"),
            )
        with self._lock:
            why = next((e.why for sha, e in self._tries.items() if e.in_vain > 2 and sha not in self._ready), "")
        if wanted > ready and self._url is None:
            return Check.bad("library", t("media-no-url"), t("media-set-url"))
        if wanted > ready and why:
            return Check.warning(
                "library",
                t("media-wanting", count=wanted - ready, why=why),
                t("media-check-network"),
            )
        return Check.good(
            "library", t("media-all-there", ready=ready, wanted=wanted) if wanted else t("media-none-needed")
        )

    def _wake(self) -> None:
        for thread in self._threads.values():
            thread.wake()

    def _run(self, urgent: bool) -> None:
        thread = self._threads[urgent]
        while not thread.stopping:
            if not urgent:
                self._confirm(thread)
            medium, wait = self._next(urgent)
            if medium is None:
                if not urgent:
                    self._settle()
                thread.sleep(wait)
                continue
            try:
                self._obtain(medium)
            except LibraryFull as error:
                self._full = str(error)
                self._failed(medium, str(error), LONGEST_WAIT_S / 5)
            except (MediaUnavailable, MediaRefused) as error:
                self._failed(medium, str(error), refused=isinstance(error, MediaRefused))
            except OSError as error:
                self._full = str(os_reason(error))
                self._failed(medium, self._full)
            finally:
                with self._lock:
                    self._busy.discard(medium.sha256)

    def _next(self, urgent: bool) -> tuple[Media | None, float]:
        """The first wanted medium, urgent or not, that may be tried now; else how long to wait. What lies here and
        only has to be read goes before what has to be fetched: nothing that came long ago is kept from playing by it.
        """
        now = self._clock.monotonic()
        wait = 60.0
        found: Media | None = None
        with self._lock:
            # While something urgent is fetched, the line is its own; what lies here already needs no line.
            waits = not urgent and self._urgent_waits(now)
            for sha256, medium in self._wanted.items():
                if sha256 in self._ready or (sha256 in self._urgent) != urgent:
                    continue
                due = self._tries.setdefault(sha256, _Try()).not_before
                if sha256 in self._busy or (waits and not self._lies_here(sha256)):
                    wait = min(wait, BULK_WAITS_S)
                elif due > now:
                    wait = min(wait, due - now)
                elif urgent or self._lies_here(sha256):
                    found = medium
                    break
                elif found is None:
                    found = medium
            if found is not None:
                self._busy.add(found.sha256)
                return found, 0.0
        return None, max(wait, 0.05)

    def _confirm(self, thread: WorkerThread) -> None:
        """Reads again what is due; what is no longer what was signed is fetched anew."""
        for medium in self._again.due(self.here(), self._clock.monotonic()):
            if thread.stopping:
                return
            # Trouble of the card is told elsewhere, and what its cache holds may still be heard.
            with contextlib.suppress(OSError):
                if is_medium(self.path(medium), medium):
                    self._again.was_read(medium, self._clock.monotonic())
                    continue
                log.error("medium %s is no longer what was signed", medium.sha256[:12])
                self._is_gone(medium.sha256)

    def _lies_here(self, sha256: str) -> bool:
        with contextlib.suppress(OSError):
            return any((folder / sha256).exists() for folder in self._folders())
        return False

    def _folders(self) -> list[Path]:
        if self._spare is None:
            return [self._folder]
        return [self._spare.folder] if self._hangs() else [self._folder, self._spare.folder]

    def _failed(self, medium: Media, why: str, wait: float | None = None, *, refused: bool = False) -> None:
        with self._lock:
            entry = self._tries.setdefault(medium.sha256, _Try())
            entry.failures += 1
            entry.refusals += refused
            entry.why = why
            ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(entry.in_vain - 1, 20))
            # Urgent words are worth a busy line: never more than two seconds apart.
            ceiling = min(ceiling, 2.0) if medium.sha256 in self._urgent else ceiling
            entry.not_before = self._clock.monotonic() + (wait or ceiling * random.uniform(0.3, 1.0))
        log.info("medium %s: %s", medium.sha256[:12], why)

    def _obtain(self, medium: Media) -> None:
        place = self._found(medium)
        if place is None:
            if self._fetcher is None and signal_of(medium.sha256) is None:
                raise MediaUnavailable(Sentence("media-url-missing"))
            try:
                if self._hangs():
                    raise CardHangs
                self._make_room(medium)
                place = self._bring(medium, self._folder)
                self._full = ""
            except (MediaUnavailable, MediaRefused):
                raise
            except OSError as error:
                # Whatever the card's trouble is: what is to be heard is heard.
                if not self._room_beside(medium):
                    raise
                self._full = str(error) if isinstance(error, LibraryFull | CardHangs) else str(os_reason(error))
                place = self._bring(medium, self._spare.folder) if self._spare is not None else None
            if place is None:
                return
        self._is_here(medium, place)

    def _is_here(self, medium: Media, place: Path) -> None:
        """It was read to its end there and is what was signed."""
        with self._lock:
            self._places[medium.sha256] = place
            self._ready.add(medium.sha256)
            self._tries.pop(medium.sha256, None)
        self._again.was_read(medium, self._clock.monotonic())
        self._on_change()

    def _found(self, medium: Media) -> Path | None:
        """Where it lies whole; what is of that name and is not it is removed."""
        for path in (folder / medium.sha256 for folder in self._folders()):
            # A card that cannot be read now may be read later: only what was read and is another file is removed.
            with contextlib.suppress(OSError):
                if path.exists():
                    if is_medium(path, medium):
                        return path
                    path.unlink()
        return None

    def _bring(self, medium: Media, folder: Path) -> Path | None:
        """One of our own signals is made here, anything else fetched; None when it was told to stop."""
        signal = signal_of(medium.sha256)
        if signal is None:
            return None if self._fetcher is None else self._fetcher.fetch(medium, folder)
        write_atomic(folder / medium.sha256, signal_file(signal))
        return folder / medium.sha256

    def _room_beside(self, medium: Media) -> bool:
        if self._spare is None:
            return False
        with self._lock:
            gone = self._spare.make_room(medium, self._wanted, self._urgent | self._kept)
            for sha256 in gone or ():
                if self._places.pop(sha256, None) is not None:
                    self._ready.discard(sha256)
        return gone is not None

    def _settle(self) -> None:
        if self._shelving is None:
            return
        with self._lock:
            near = {sha256: medium for sha256, medium in self._near.items() if sha256 in self._ready}
            wanted = dict(self._wanted)
        if self._shelving.tidy(near, wanted):
            self._full = ""

    def _lies(self, sha256: str, path: Path) -> None:
        with self._lock:
            self._places[sha256] = path

    def _goes_on(self, medium: Media) -> None:
        """A try that brought something is no failure, however it ends: the next comes soon."""
        with self._lock:
            self._tries.setdefault(medium.sha256, _Try()).failures = 0

    def _stops(self, medium: Media) -> bool:
        """Whether to leave off with this one: we end, nobody wants it, or something urgent waits for the line."""
        with self._lock:
            urgent = medium.sha256 in self._urgent
            if self._threads[urgent].stopping or medium.sha256 not in self._wanted:
                return True
            return not urgent and self._urgent_waits(self._clock.monotonic())

    def _urgent_waits(self, now: float) -> bool:
        waiting = self._urgent - self._ready
        return any(self._tries.get(sha256, _Try()).not_before <= now for sha256 in waiting)

    def _make_room(self, medium: Media) -> None:
        """Room on the card for this one. Raises LibraryFull."""
        with self._lock:
            wanted, first = dict(self._wanted), self._urgent | self._kept
        self._room.make_room(medium, wanted, first)

    def _is_gone(self, sha256: str) -> None:
        """It is not what was signed, or makes room: it is found or fetched again where it is wanted."""
        with self._lock:
            self._ready.discard(sha256)
            self._places.pop(sha256, None)

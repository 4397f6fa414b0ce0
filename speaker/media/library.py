"""Media by hash: fetched over HTTP with resume, verified before they count, kept for plays without a network."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import random
import re
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langso.contract import Media
from langso.contract.health import Check
from langso.durable.files import open_plain, sync_folder
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import Sentence, t
from speaker.errors import LibraryFull, MediaRefused, MediaUnavailable

if TYPE_CHECKING:
    import httpx

    from langso.device.office_line import OfficeLine

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
RESERVE_BYTES = 64 << 20
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
TIMEOUT_S = 10.0
_NAME = re.compile("[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12}|\*)")


@dataclass
class _Try:
    """How fetching one medium goes: failures so far, not again before this monotonic time, why."""

    failures: int = 0
    not_before: float = 0.0
    why: str = ""


class Library:
    """Files named by their SHA-256 in `folder`; `url`: `http(s)://host:port`, None when there is no source.

    `on_change` is called (from the library's thread) when a medium is ready. `line`: how the office is reached.
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
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._url = url
        self._max = max_bytes
        self._clock = clock
        self._line = line
        self._on_change = on_change
        self._lock = threading.Lock()
        self._wanted: dict[str, Media] = {}
        self._urgent: frozenset[str] = frozenset()
        self._ready: set[str] = set()
        self._tries: dict[str, _Try] = {}
        self._full = ""
        self._thread = WorkerThread("library", self._run)

    def start(self) -> None:
        """Begins to fetch in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stops fetching; what is half here goes on from there next time."""
        self._thread.stop(TIMEOUT_S + 2)

    def want(self, media: Iterable[Media], urgent: Iterable[Media] = ()) -> None:
        """All media that held documents name, in order of need; urgent ones go ahead of whatever is being fetched."""
        first = {medium.sha256: medium for medium in urgent}
        wanted = first | {medium.sha256: medium for medium in media if medium.sha256 not in first}
        with self._lock:
            self._wanted = wanted
            self._urgent = frozenset(first)
            self._tries = {sha256: entry for sha256, entry in self._tries.items() if sha256 in wanted}
        self._thread.wake()

    def hurry(self) -> None:
        """The line is back: forget the waits."""
        with self._lock:
            for entry in self._tries.values():
                entry.not_before = 0.0
        self._thread.wake()

    def ready(self, medium: Media) -> bool:
        """Whether it is here and was verified since this process began."""
        with self._lock:
            return medium.sha256 in self._ready

    def path(self, medium: Media) -> Path:
        """Where it is, or will be."""
        return self._folder / medium.sha256

    def counts(self) -> tuple[int, int]:
        """(ready, wanted)."""
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
            why = next((e.why for sha, e in self._tries.items() if e.failures > 2 and sha not in self._ready), "")
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

    def _run(self) -> None:
        while not self._thread.stopping:
            medium, wait = self._next()
            if medium is None:
                self._thread.sleep(wait)
                continue
            try:
                self._obtain(medium)
            except LibraryFull as error:
                self._full = str(error)
                self._failed(medium, str(error), LONGEST_WAIT_S / 5)
            except (MediaUnavailable, MediaRefused) as error:
                self._failed(medium, str(error))
            except OSError as error:
                self._failed(medium, error.strerror or t("media-storage-fault"))

    def _next(self) -> tuple[Media | None, float]:
        """The first wanted medium that may be tried now; else how long to wait."""
        now = self._clock.monotonic()
        wait = 60.0
        with self._lock:
            for sha256, medium in self._wanted.items():
                if sha256 in self._ready:
                    continue
                due = self._tries.setdefault(sha256, _Try()).not_before
                if due <= now:
                    return medium, 0.0
                wait = min(wait, due - now)
        return None, max(wait, 0.05)

    def _failed(self, medium: Media, why: str, wait: float | None = None) -> None:
        with self._lock:
            entry = self._tries.setdefault(medium.sha256, _Try())
            entry.failures += 1
            entry.why = why
            ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(entry.failures - 1, 20))
            # Urgent words are worth a busy line: never more than two seconds apart.
            ceiling = min(ceiling, 2.0) if medium.sha256 in self._urgent else ceiling
            entry.not_before = self._clock.monotonic() + (wait or ceiling * random.uniform(0.3, 1.0))
        log.info("medium %s: %s", medium.sha256[:12], why)

    def _obtain(self, medium: Media) -> None:
        path = self.path(medium)
        if not path.exists() or not _is(path, medium):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            if self._url is None:
                raise MediaUnavailable(Sentence("media-url-missing"))
            self._make_room(medium)
            if not self._fetch(medium, path.with_name(f"{medium.sha256}.part")):
                return
        with self._lock:
            self._ready.add(medium.sha256)
            self._tries.pop(medium.sha256, None)
        self._full = ""
        self._on_change()

    def _fetch(self, medium: Media, part: Path) -> bool:
        """Fetches into `.part` from where it ends, verifies, renames. False when something urgent goes first."""
        import httpx

        have = part.stat().st_size if part.exists() else 0
        if have > medium.size:
            part.unlink()
            have = 0
        if have < medium.size:
            try:
                with self._client() as client:
                    if not self._stream(client, medium, part, have):
                        return False
            except httpx.HTTPError as error:
                raise MediaUnavailable(Sentence("media-network-fault", name=type(error).__name__)) from error
        if part.stat().st_size < medium.size:
            raise MediaUnavailable(Sentence("media-partly"))
        if not _is(part, medium):
            part.unlink()
            raise MediaRefused(Sentence("media-wrong-hash"))
        part.replace(self.path(medium))
        sync_folder(self._folder)
        return True

    def _client(self) -> httpx.Client:
        from langso.device.office_line import OfficeLine

        # Identity: a compressed answer has other bytes than the ones that Range counts.
        headers = {"Accept-Encoding": "identity"}
        return (self._line or OfficeLine()).client(self._url or "", timeout=TIMEOUT_S, headers=headers)

    def _stream(self, client: httpx.Client, medium: Media, part: Path, have: int) -> bool:
        headers = {"Range": f"bytes={have}-"} if have else {}
        with client.stream("GET", f"{self._url}/media/{medium.sha256}", headers=headers) as answer:
            if answer.status_code == 416:
                part.unlink(missing_ok=True)
                raise MediaUnavailable(Sentence("media-rest-missing"))
            if answer.status_code not in (200, 206):
                raise MediaUnavailable(Sentence("media-server-says", status=answer.status_code))
            begin = 0
            if answer.status_code == 206:
                place = _RANGE.fullmatch(answer.headers.get("content-range", ""))
                if place is None or int(place[1]) > have:
                    part.unlink(missing_ok=True)
                    raise MediaUnavailable(Sentence("media-wrong-part"))
                begin = int(place[1])
            return self._receive(answer, medium, part, begin)

    def _receive(self, answer: httpx.Response, medium: Media, part: Path, begin: int) -> bool:
        written = begin
        with part.open("r+b" if part.exists() else "w+b") as file:
            file.truncate(begin)
            file.seek(begin)
            try:
                for chunk in answer.iter_raw(CHUNK):
                    written += len(chunk)
                    if written > medium.size:
                        # Endless or simply another file: not one byte beyond what was signed is kept.
                        file.truncate(0)
                        raise MediaRefused(Sentence("media-more-than-signed"))
                    file.write(chunk)
                    if self._thread.stopping or self._yields(medium):
                        return False
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise LibraryFull(Sentence("media-card-full")) from error
                raise
        return True

    def _yields(self, medium: Media) -> bool:
        """Whether an urgent medium waits that is not this one."""
        now = self._clock.monotonic()
        with self._lock:
            if medium.sha256 in self._urgent or medium.sha256 not in self._wanted:
                return medium.sha256 not in self._wanted
            waiting = self._urgent - self._ready
            return any(self._tries.get(sha256, _Try()).not_before <= now for sha256 in waiting)

    def _make_room(self, medium: Media) -> None:
        free = shutil.disk_usage(self._folder).free
        if self._used() + medium.size > self._max or free < medium.size + RESERVE_BYTES:
            self._prune()
        if self._used() + medium.size > self._max:
            raise LibraryFull(Sentence("media-over-limit", most=self._max >> 20))
        if shutil.disk_usage(self._folder).free < medium.size + RESERVE_BYTES:
            raise LibraryFull(Sentence("media-card-full"))

    def _prune(self) -> None:
        """Frees what no held document names; what is named is never given up."""
        with self._lock:
            wanted = set(self._wanted)
        for path in self._folder.iterdir():
            stem = path.name.removesuffix(".part")
            if _NAME.fullmatch(stem) and stem not in wanted:
                path.unlink(missing_ok=True)
                with self._lock:
                    self._ready.discard(stem)

    def _used(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir() if not path.name.endswith(".part"))


def _is(path: Path, medium: Media) -> bool:
    """Whether the file has the size and the SHA-256 that were signed."""
    if path.stat().st_size != medium.size:
        return False
    digest = hashlib.sha256()
    with open_plain(path, follow=False) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == medium.sha256

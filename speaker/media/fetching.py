"""One sound over HTTP: from where an earlier try ended, never more than was signed, never for ever."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from langso.contract import Media
from langso.durable.files import open_plain, sync_folder
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from speaker.errors import LibraryFull, MediaRefused, MediaUnavailable

if TYPE_CHECKING:
    import httpx

    from langso.device.office_line import OfficeLine

CHUNK = 64 * 1024
TIMEOUT_S = 10.0
LEAST_BYTES_S = 100
"""Slower than a bad GPRS line by far: a server that drips a byte at a time is left, what it gave is kept."""
JUDGED_AFTER_S = 60.0
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12}|\*)")


class Fetcher:
    """`url`: `http(s)://host:port`; `line`: how the office is reached. `stops`: asked after each read whether to
    leave off; `goes_on`: told that a try brings something.
    """

    def __init__(
        self,
        url: str,
        line: OfficeLine | None,
        clock: Clock,
        *,
        stops: Callable[[Media], bool],
        goes_on: Callable[[Media], None],
    ) -> None:
        self._url = url
        self._line = line
        self._clock = clock
        self._stops = stops
        self._goes_on = goes_on

    def fetch(self, medium: Media, folder: Path) -> Path | None:
        """Fetches into `.part` from where it ends, verifies, renames; None when it was told to stop.

        Raises MediaUnavailable, MediaRefused, LibraryFull, OSError.
        """
        import httpx

        part = folder / f"{medium.sha256}.part"
        have = part.stat().st_size if part.exists() else 0
        if have > medium.size:
            part.unlink()
            have = 0
        if have < medium.size:
            try:
                with self._client() as client:
                    if not self._stream(client, medium, part, have):
                        return None
            except httpx.HTTPError as error:
                raise MediaUnavailable(Sentence("media-network-fault", name=type(error).__name__)) from error
        if part.stat().st_size < medium.size:
            raise MediaUnavailable(Sentence("media-partly"))
        if not is_medium(part, medium):
            part.unlink()
            raise MediaRefused(Sentence("media-wrong-hash"))
        part.replace(folder / medium.sha256)
        sync_folder(folder)
        return folder / medium.sha256

    def _client(self) -> httpx.Client:
        from langso.device.office_line import OfficeLine

        # Identity: a compressed answer has other bytes than the ones that Range counts.
        headers = {"Accept-Encoding": "identity"}
        return (self._line or OfficeLine()).client(self._url, timeout=TIMEOUT_S, headers=headers)

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
        written, began = begin, self._clock.monotonic()
        with part.open("r+b" if part.exists() else "w+b") as file:
            file.truncate(begin)
            file.seek(begin)
            try:
                # As it comes, however little: a line that breaks each few kilobytes gets there in the end.
                for chunk in answer.iter_raw():
                    written += len(chunk)
                    if written > medium.size:
                        # Endless or simply another file: not one byte beyond what was signed is kept.
                        file.truncate(0)
                        raise MediaRefused(Sentence("media-more-than-signed"))
                    file.write(chunk)
                    self._goes_on(medium)
                    if self._stops(medium):
                        return False
                    took = self._clock.monotonic() - began
                    if took > JUDGED_AFTER_S and written - begin < took * LEAST_BYTES_S:
                        raise MediaUnavailable(Sentence("media-too-slow"))
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise LibraryFull(Sentence("media-card-full")) from error
                raise
        return True


def is_medium(path: Path, medium: Media) -> bool:
    """Whether the file has the size and the SHA-256 that were signed."""
    if path.stat().st_size != medium.size:
        return False
    digest = hashlib.sha256()
    with open_plain(path, follow=False) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == medium.sha256

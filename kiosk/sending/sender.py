"""Uploads dossiers from the outbox (tus 1.0): resumed after a break, received exactly once."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from kiosk.errors import SendingFault, SendingRefused
from kiosk.sending.dossiers import KIND, Dossiers
from langso.contract.sentences import CODE_HEADER, answered
from langso.device.office_line import OfficeLine
from langso.durable.files import open_plain
from langso.durable.outbox import Item, Outbox
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import Sentence

log = logging.getLogger(__name__)

UPLOADS = "/desk/uploads"
TUS = "1.0.0"
CHUNK = 256 << 10
EVERY_S = 2.0
TIMEOUT_S = 20.0
REFUSED_WAIT_S = 600.0
_HEADERS = {"Tus-Resumable": TUS}


class Sender:
    """One thread that sends what waits; `hurry()` when something was put or the line is back.

    `client` speaks to the office (its base_url); the caller closes it.
    """

    def __init__(
        self,
        outbox: Outbox,
        dossiers: Dossiers,
        client: httpx.Client,
        *,
        on_change: Callable[[], None] | None = None,
        chunk: int = CHUNK,
        every_s: float = EVERY_S,
    ) -> None:
        self._outbox = outbox
        self._dossiers = dossiers
        self._client = client
        self._on_change = on_change or (lambda: None)
        self._chunk = chunk
        self._every_s = every_s
        self._uploads: dict[str, str] = {}
        self._thread = WorkerThread("sending", self._run)
        self.last_error = ""

    def start(self) -> None:
        """Begins to send in the background."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Ends after the piece that is being sent; the rest is sent after the next start."""
        self._thread.stop(timeout)

    def hurry(self) -> None:
        """Something was put in the outbox, or the line is back."""
        self._outbox.hurry(KIND)
        self._thread.wake()

    @property
    def hung(self) -> bool:
        """Whether its thread has stopped going round; a slow line does not count."""
        return self._thread.hung

    def waiting(self) -> int:
        """How many dossiers the office does not have yet."""
        return self._outbox.waiting(KIND)

    def send_due(self) -> int:
        """Tries each dossier that is due once; returns how many the office now has."""
        sent = 0
        for item in self._outbox.pending(KIND, limit=20):
            if self._thread.stopping:
                break
            try:
                self._send(item)
            except SendingRefused as error:
                self._failed(item, str(error))
                self._outbox.postpone(item.id, REFUSED_WAIT_S)
            except (SendingFault, httpx.HTTPError, OSError) as error:
                self._failed(item, str(error) or type(error).__name__)
            else:
                sent += 1
                self.last_error = ""
                log.info("dossier %s reached the office", item.key)
            self._on_change()
        return sent

    def _run(self) -> None:
        while not self._thread.stopping:
            self._thread.sleep(self._every_s)
            try:
                self.send_due()
            except Exception:
                log.exception("sending failed")
                self._thread.pause(self._every_s)

    def _failed(self, item: Item, why: str) -> None:
        self.last_error = why
        wait = self._outbox.failed(item.id, why)
        log.warning("dossier %s not sent (%s), again in %.0f s", item.key, why, wait)

    def _send(self, item: Item) -> None:
        path = self._dossiers.path(item.key)
        size = path.stat().st_size
        place = self._uploads.get(item.key)
        offset = None if place is None else self._offset(place)
        if place is None or offset is None:
            created = self._create(item, size)
            if created is None:
                self._done(item)
                return
            place, offset = created
            self._uploads[item.key] = place
        self._send_rest(place, offset, size, path)
        self._done(item)

    def _done(self, item: Item) -> None:
        self._uploads.pop(item.key, None)
        self._dossiers.sent(item.id, item.key)

    def _create(self, item: Item, size: int) -> tuple[str, int] | None:
        """(where to send, from which byte), or None where the office has it already."""
        answer = self._ask(
            "POST",
            UPLOADS,
            headers=_HEADERS
            | {
                "Upload-Length": str(size),
                "Upload-Metadata": "manifest " + base64.b64encode(item.body).decode(),
            },
        )
        if answer.status_code in (200, 409):
            place = answer.headers.get("Location")
            # No place to go on at: the office has it all. A 409 must say so, else it may be about other bytes.
            if not place and (answer.status_code == 200 or answer.headers.get("Upload-Offset") == str(size)):
                return None
            if not place:
                raise _fault(answer, final=True)
        elif answer.status_code == 201:
            place = answer.headers.get("Location")
        else:
            raise _fault(answer)
        if not place:
            raise SendingFault(Sentence("sending-no-place"))
        here = self._ours(place)
        offset = self._offset(here)
        if offset is None:
            raise SendingFault(Sentence("sending-forgotten"))
        return here, offset

    def _ask(self, method: str, place: str, **more: Any) -> httpx.Response:
        with self._thread.resting():
            return self._client.request(method, place, **more)

    def _ours(self, place: str) -> str:
        """The upload's address on the office we know: never another machine, whatever the answer says."""
        base = str(self._client.base_url)
        target = urlsplit(urljoin(base.rstrip("/") + UPLOADS, place))
        home = urlsplit(base)
        if (target.scheme, target.netloc) != (home.scheme, home.netloc) or not target.path.startswith(
            home.path.rstrip("/") + UPLOADS + "/"
        ):
            raise SendingRefused(Sentence("sending-elsewhere"))
        return target.geturl()

    def _offset(self, place: str) -> int | None:
        """Bytes the office has durably; None where it no longer knows this upload."""
        answer = self._ask("HEAD", place, headers=_HEADERS)
        if answer.status_code in (403, 404, 410):
            return None
        if answer.status_code not in (200, 204):
            raise _fault(answer)
        try:
            return int(answer.headers["Upload-Offset"])
        except (KeyError, ValueError) as error:
            raise SendingFault(Sentence("sending-unclear")) from error

    def _send_rest(self, place: str, offset: int, size: int, path: Path) -> None:
        if not 0 <= offset <= size:
            raise SendingFault(Sentence("sending-too-much"))
        with open_plain(path, follow=False) as file:
            while offset < size:
                if self._thread.stopping:
                    raise SendingFault(Sentence("sending-stopping"))
                file.seek(offset)
                piece = file.read(self._chunk)
                answer = self._ask(
                    "PATCH",
                    place,
                    content=piece,
                    headers=_HEADERS
                    | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
                )
                if answer.status_code == 409:
                    raise SendingFault(Sentence("sending-other-offset"))
                if answer.status_code not in (200, 204):
                    raise _fault(answer)
                after = answer.headers.get("Upload-Offset", "")
                if not after.isdigit() or not offset < int(after) <= size:
                    raise SendingFault(Sentence("sending-no-byte"))
                offset = int(after)


def office_client(office_url: str, *, line: OfficeLine | None = None, timeout: float = TIMEOUT_S) -> httpx.Client:
    """An HTTP client of the office: its own certificate authority where the address is https; no proxies."""
    return (line or OfficeLine()).client(office_url, base_url=office_url, timeout=timeout)


def _fault(answer: httpx.Response, *, final: bool = False) -> SendingFault:
    said = answer.text.strip()[:200] if answer.headers.get("content-type", "").startswith("text/plain") else ""
    why = Sentence("sending-answer", status=str(answer.status_code))
    if said:
        words = answered(answer.headers.get(CODE_HEADER), said)
        why = Sentence("sending-answer-said", status=str(answer.status_code), said=words)
    # 4xx other than these does not change by asking again soon.
    if final or (
        400 <= answer.status_code < 500 and answer.status_code not in (401, 403, 404, 408, 409, 423, 425, 429, 460)
    ):
        return SendingRefused(why)
    return SendingFault(why)

"""A media server, a player that only remembers, and the stage of an agent; sounds and a recorder are shared."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from listening_ear import Ear, ear, noise
from paired import pair_device

from langso.contract.health import Check
from langso.timekeeping.clock import SimulatedClock
from speaker.errors import SoundFault
from speaker.sound.sounds import Sound

__all__ = ["Ear", "ear", "noise"]


class MediaServer:
    """The office's `/media/{sha256}` with Range; `behaviour` by hash: endless, truncated, wrong, norange, missing,
    redirect, dripping (5,000 bytes a try), hanging (until `release`), slowly (250 bytes at a time), gzip (unasked),
    lies (says the part asked for, sends the whole).
    """

    def __init__(self) -> None:
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        self.files: dict[str, bytes] = {}
        self.behaviour: dict[str, str] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.hanging = False
        self._released = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, data: bytes, duration_ms: int = 1000, codec: str = "wav") -> Any:
        """Offers these bytes; returns the Media that names them."""
        from langso.contract import Media

        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return Media(sha256=sha256, size=len(data), duration_ms=duration_ms, codec=codec)

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: Any) -> None:
        sha256 = handler.path.removeprefix("/media/")
        asked = handler.headers.get("Range")
        self.requests.append((sha256, asked))
        how = self.behaviour.get(sha256, "")
        data = self.files.get(sha256)
        if data is None or how == "missing":
            handler.send_error(404)
            return
        if how == "redirect":
            handler.send_response(302)
            handler.send_header("Location", "/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if how == "wrong":
            data = bytes(len(data))
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and how != "norange" else 0
        handler.send_response(206 if begin else 200)
        if how == "gzip":
            data = gzip.compress(data)
            handler.send_header("Content-Encoding", "gzip")
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        if how == "endless":
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(bytes(65536))
            except OSError:
                return
        handler.send_header("Content-Length", str(len(data) - begin))
        handler.end_headers()
        body = data if how == "lies" else data[begin:]
        if how == "truncated":
            self.behaviour.pop(sha256)
            body = body[: len(body) // 2]
        if how == "dripping":
            body = body[:5_000]
        if how == "hanging" and not self._released.is_set():
            self.hanging = True
            self._released.wait(60)
        if how == "slowly":
            for at in range(0, len(body), 250):
                with contextlib.suppress(OSError):
                    handler.wfile.write(body[at : at + 250])
                    self._released.wait(0.05)
        else:
            handler.wfile.write(body)
        handler.close_connection = True

    def release(self) -> None:
        """What hangs goes on."""
        self._released.set()


@pytest.fixture
def media_server() -> Iterator[MediaServer]:
    server = MediaServer()
    yield server
    server.close()


class Commune:
    """Keys, signed documents and a paired loudspeaker, as the office and `langso pair` make them."""

    code = "xa-thu"
    device = "loa-thon-1"

    def __init__(self, folder: Path, media_url: str) -> None:
        from langso.trust import SigningKey, root_keys

        self.folder = folder
        self.media_url = media_url
        self.root, self.office, self.village_key = (SigningKey.generate() for _ in range(3))
        self.roots = root_keys([self.root])
        self.versions: dict[str, int] = {}
        self.state = folder / "state"
        self.state.mkdir(parents=True)

    def number(self, kind: str) -> int:
        self.versions[kind] = self.versions.get(kind, 0) + 1
        return self.versions[kind]

    def head(self, kind: str, **more: Any) -> dict[str, Any]:
        now = datetime.now(UTC)
        base = {
            "issuer": "office",
            "audience": "*",
            "commune": self.code,
            "epoch": 1,
            "issued": now,
            "expires": now + timedelta(days=30),
        }
        if "version" not in more:
            base["version"] = self.number(kind)
        return base | more

    def trust(self, *, relay_hosts: tuple[str, ...] = (), **more: Any) -> bytes:
        from langso.contract import IssuerRule
        from langso.trust import make_bundle, seal, threshold_of
        from langso.trust.issuing import trust_document

        now = datetime.now(UTC)
        rules = [
            IssuerRule(
                name="office",
                signers=threshold_of([self.office]),
                epoch=1,
                kinds=("plan", "urgent", "order", "ack"),
                classes=("normal", "priority", "emergency"),
            ),
            IssuerRule(
                name="thon-1",
                signers=threshold_of([self.village_key]),
                epoch=1,
                kinds=("urgent", "plan"),
                classes=("normal",),
                places=("thon-1",),
                minutes_a_day=30,
            ),
        ]
        options: dict[str, Any] = {"issued": now, "expires": now + timedelta(days=365)} | more
        document = trust_document(self.code, rules, version=self.number("trust"), **options)
        document = document.model_copy(update={"relay_hosts": relay_hosts})
        return make_bundle(seal(document, "trust", [self.root]))

    def seal(self, document: Any, key: Any = None) -> bytes:
        from langso.trust import seal

        return seal(document, document.kind, [key or self.office])

    def pair(self) -> Any:
        """Pairs the device; returns its langso.device.pairing.Paired."""
        return pair_device(
            self.state,
            roots=self.roots,
            addresses=("127.0.0.1", 1883, self.media_url, self.media_url),
            commune=(self.code, "Xã Thử"),
            device=self.device,
            role="speaker",
            place="Thôn 1",
            village="thon-1",
        )

    def settings(self, *, port: int, sink: Path, **speaker: Any) -> Any:
        from langso.settings.model import Settings

        return Settings.model_validate(
            {
                "commune": {"code": self.code, "name": "Xã Thử"},
                "device": {"id": self.device, "role": "speaker", "place": "Thôn 1", "village": "thon-1"},
                "link": {
                    "host": "127.0.0.1",
                    "port": port,
                    "ca": None,
                    "cert": None,
                    "key": None,
                    "retry_max_s": 1.0,
                },
                "clock": {"trust": "host"},
                "speaker": {
                    "sound": "pipe",
                    "sink": str(sink),
                    "amplifier_lead_ms": 100,
                    "amplifier_tail_ms": 100,
                    "media_url": self.media_url,
                }
                | speaker,
                "paths": {"state": str(self.state), "run": str(self.folder / "run")},
            }
        )


@pytest.fixture
def commune(tmp_path: Path, media_server: MediaServer) -> Commune:
    return Commune(tmp_path / "device", media_server.url)


@dataclass
class PaperVoice:
    clock: SimulatedClock
    sound: Sound
    at: float
    state: Any = "waiting"
    error_ms: float | None = None
    why: str = ""
    lost: bool = False
    heard: int | None = None
    placed: float | None = None

    @property
    def position_ms(self) -> int | None:
        heard = self.heard_ms(self.clock.monotonic())
        return self.sound.from_ms + heard if heard else None

    def heard_ms(self, now: float) -> int:
        length = 10**9 if self.sound.duration_ms is None else self.sound.duration_ms - self.sound.from_ms
        if self.heard is not None:
            return self.heard
        return max(0, min(int((now - self.at) * 1000), length))

    def cut(self) -> None:
        self.state = "cut"

    def live(self) -> None:
        now = self.clock.monotonic()
        if self.state == "waiting" and now >= self.at:
            self.state, self.error_ms = "playing", 0.1
        length = self.sound.duration_ms
        if self.state == "playing" and length is not None and now >= self.at + (length - self.sound.from_ms) / 1000:
            self.state = "done"


@dataclass
class PaperPlayer:
    """Writes down what it is asked to play, on simulated time."""

    clock: SimulatedClock
    voices: list[PaperVoice] = field(default_factory=list)
    broken: bool = False
    hung: bool = False
    soon_from: list[float | None] = field(default_factory=list)
    settles_later: bool = False

    @property
    def running(self) -> bool:
        return not self.broken

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def soonest(self) -> float:
        return self.clock.monotonic() + 0.2

    def play(self, sound: Sound, at: float, *, soon_from: float | None = None) -> PaperVoice:
        if self.broken:
            raise SoundFault("no device")
        self.soon_from.append(soon_from)
        self.voices.append(PaperVoice(self.clock, sound, at, placed=at))
        if soon_from is not None:
            self.voices[-1].placed = None if self.settles_later else at
        return self.voices[-1]

    def check(self) -> Check:
        return Check.bad("sound", "x", "y") if self.broken else Check.good("sound", "x")


class Stage:
    """Ten seconds before 05:00:10 UTC, on simulated time, with a player on paper."""

    start = datetime(2026, 11, 22, 5, 0, 10, tzinfo=UTC)

    def __init__(self) -> None:
        self.clock = SimulatedClock(self.start - timedelta(seconds=10))
        self.player = PaperPlayer(self.clock)

    def perform(self, show: Any, **more: Any) -> Any:
        from speaker.sound.performance import Performance

        return Performance(show, self.player, lambda medium: Path(medium.sha256[:1]), self.clock, **more)

    def run(self, performance: Any, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end and not performance.finished:
            wake = performance.tick()
            self.clock.advance(max(0.01, min(wake, end) - self.clock.monotonic()))
            for voice in self.player.voices:
                voice.live()

    def placed(self) -> list[tuple[str, float, int]]:
        """(file, seconds after the planned start, from ms), in order."""
        return [(str(v.sound.path), round(v.at - 10, 3), v.sound.from_ms) for v in self.player.voices]


@pytest.fixture
def stage() -> Stage:
    return Stage()

"""An office of its own with a running signer, and devices that report to it."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from waiting import until

from langso.contract import (
    ClockReport,
    DocumentReceipt,
    DossierManifest,
    EndedReceipt,
    HeardReceipt,
    Held,
    Receipt,
    Receipts,
    StartedReceipt,
    State,
    Storage,
)
from langso.durable.files import write_atomic
from langso.settings.model import (
    CommuneSettings,
    DeviceSettings,
    LinkSettings,
    OfficeSettings,
    PathSettings,
    Settings,
    SignerSettings,
)
from langso.trust import SigningKey, seal
from langso.voices import child_limits
from office.broadcasting.media import MadeSound, MediaStore
from office.people import hashing
from office.places import OfficeHome
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.whole_office import Office

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


@dataclass
class Reporter:
    """A device as the office hears it: its key, its journal of receipts, its states."""

    id: str
    role: str = "speaker"
    key: SigningKey = field(default_factory=SigningKey.generate)
    journal: str = field(default_factory=lambda: secrets.token_hex(16))
    boot: str = field(default_factory=lambda: secrets.token_hex(16))
    lines: list[str] = field(default_factory=list)
    number: int = 0

    def state(self, held: tuple[Held, ...] = (), *, number: int | None = None, **more: object) -> bytes:
        self.number = self.number + 1 if number is None else number
        state = State(
            device=self.id,
            role=self.role,
            commune="hoa-son",
            boot=self.boot,
            number=self.number,
            written=NOW,
            software="test",
            held=held,
            clock=ClockReport(trusted=True, reason="host"),
            storage=Storage(free=1, total=2),
            journal=self.journal,
            receipts_through=len(self.lines),
        ).model_copy(update=more)
        return seal(state, "state", [self.key])

    def write(self, occurrence: str, outcome: str = "played", **more: object) -> None:
        self.says(StartedReceipt(occurrence=occurrence, planned=NOW, error_ms=0.5))
        ended = {"occurrence": occurrence, "outcome": outcome, "heard_ms": 1000, **more}
        self.says(EndedReceipt.model_validate(ended))

    def says(self, *bodies: DocumentReceipt | StartedReceipt | EndedReceipt | HeardReceipt) -> None:
        for body in bodies:
            previous = hashlib.sha256(self.lines[-1].encode()).hexdigest() if self.lines else "0" * 64
            receipt = Receipt(number=len(self.lines) + 1, previous=previous, written=NOW, body=body)
            self.lines.append(receipt.to_json().decode())

    def batch(self, first: int = 1, last: int | None = None) -> bytes:
        lines = tuple(self.lines[first - 1 : last])
        batch = Receipts(device=self.id, commune="hoa-son", journal=self.journal, lines=lines)
        return seal(batch, "receipts", [self.key])


@dataclass
class OfficeWorld:
    """Settings, root keys, the signer (restartable) and a console (restartable)."""

    settings: Settings
    roots: list[SigningKey]
    stop_signer: Callable[[], None] = lambda: None
    office: Office = field(init=False)

    @property
    def home(self) -> OfficeHome:
        return OfficeHome(self.settings)

    def start_signer(self) -> None:
        from langso.timekeeping.clock import SystemClock

        stop, ready = threading.Event(), threading.Event()
        server = SignerServer(self.settings.signer.socket, lambda: Signing(self.home, SystemClock()))
        thread = threading.Thread(target=server.run, args=(stop, ready), daemon=True)
        thread.start()
        assert ready.wait(60)

        def end() -> None:
            stop.set()
            thread.join(60)

        self.stop_signer = end

    def reopen(self, *, lose_database: bool = False) -> Office:
        self.office.close()
        if lose_database:
            for path in self.home.database.parent.glob("office.db*"):
                path.unlink()
        self.office = Office(self.settings)
        return self.office

    def reporter(
        self, id: str = "loa-1", role: str = "speaker", place: str = "Thôn 1", village: str | None = "thon-1"
    ) -> Reporter:
        device = Reporter(id, role)
        self.office.fleet.register(id, role, place, village, device.key.public)  # type: ignore[arg-type]
        return device

    def sealed_dossier(
        self, kiosk: Reporter, dossier: str = "hs-1", pdf: bytes = PDF, **more: object
    ) -> tuple[bytes, bytes]:
        """The manifest's envelope and the ciphertext, as a kiosk sends them."""
        cipher = pyrage.encrypt(pdf, [pyrage.x25519.Recipient.from_str(self.home.age_recipient())])
        fields: dict[str, object] = {
            "device": kiosk.id,
            "commune": "hoa-son",
            "dossier": dossier,
            "title": "Giấy khai sinh",
            "pages": 1,
            "sha256": hashlib.sha256(cipher).hexdigest(),
            "size": len(cipher),
            "plain_sha256": hashlib.sha256(pdf).hexdigest(),
            "made": datetime.now(UTC),
        }
        return seal(DossierManifest.model_validate({**fields, **more}), "dossier", [kiosk.key]), cipher

    def hand_in(self, kiosk: Reporter, pdf: bytes, dossier: str = "hs-1") -> str:
        """A whole dossier arrives; its id at the desk."""
        manifest, cipher = self.sealed_dossier(kiosk, dossier, pdf)
        upload = self.office.desk.create_upload(manifest)
        return self.office.desk.append(upload.id, 0, cipher).id


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    def make(**more: object) -> Settings:
        return Settings(
            commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
            device=DeviceSettings(id="van-phong", role="office"),
            link=more.get("link", LinkSettings()),  # type: ignore[arg-type]
            office=OfficeSettings(public_url="http://127.0.0.1:8080"),
            signer=SignerSettings(socket=tmp_path / "run" / "signer.sock"),
            paths=PathSettings(state=tmp_path / "state", run=tmp_path / "run"),
        )

    return make


@pytest.fixture(scope="session")
def spoken() -> dict[tuple[object, ...], tuple[MadeSound, bytes]]:
    """What was spoken in this process, and its file."""
    return {}


@pytest.fixture
def spoken_once(spoken: dict[tuple[object, ...], tuple[MadeSound, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words come out of the voice and the encoder once: they take a second, and the file is always the same
    (tests/office/broadcasting/test_media.py). Nobody waits for them behind the other tests, as sounds that are for no
    emergency do in an office: on a busy machine that second becomes twenty.
    """
    monkeypatch.setattr(child_limits, "PATIENT", os.getpriority(os.PRIO_PROCESS, 0))
    for name in ("speak", "chime"):
        real = getattr(MediaStore, name)

        def once(store: MediaStore, *text: str, real: Callable[..., MadeSound] = real, **more: object) -> MadeSound:
            watch = more.pop("watch", None)
            # Another PATH may have other programs, or none.
            asked = (real, text, *more.items(), os.environ["PATH"])
            if asked not in spoken:
                sound = real(store, *text, **more, **({} if watch is None else {"watch": watch}))
                spoken[asked] = sound, store.path_of(sound.media.sha256).read_bytes()
                return sound
            if watch is not None:
                watch.check()
            sound, data = spoken[asked]
            store._part("").unlink()
            write_atomic(store._folder / sound.media.sha256, data, mode=0o644)
            return sound

        monkeypatch.setattr(MediaStore, name, once)


@pytest.fixture
def make_office(make_settings: Callable[..., Settings], spoken_once: None) -> Iterator[Callable[..., OfficeWorld]]:
    made: list[OfficeWorld] = []

    def make(**more: object) -> OfficeWorld:
        settings = make_settings(**more)
        from founded import initialise

        roots = [SigningKey.generate()]
        initialise(settings, roots, None, datetime.now(UTC), caps=more.get("caps"))  # type: ignore[arg-type]
        world = OfficeWorld(settings, roots)
        world.start_signer()
        world.office = Office(settings)
        made.append(world)
        return world

    yield make
    for world in made:
        world.office.close()
        world.stop_signer()


@pytest.fixture
def office_world(make_office: Callable[..., OfficeWorld]) -> OfficeWorld:
    return make_office()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs in truth is tested where it is made (tests/office/people/test_hashing.py)."""
    monkeypatch.setattr(hashing, "ROUNDS", 1)
    monkeypatch.setattr(hashing, "MEMORY_KIB", 64)


@pytest.fixture(name="until")
def _until() -> Callable[..., bool]:
    return until

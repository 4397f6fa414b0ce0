"""An office with its signer, a loudspeaker and a kiosk in a hamlet without any line, and a stick between them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from courier_visits import NOWHERE, sent_soon, settings_of
from founded import initialise
from listening_ear import Ear, ear, noise
from paired import pair_device
from waiting import until

from deploy.courier.carrying import Carrying, StickAccount
from kiosk.agent import KioskAgent
from langso.contract.documents import Late
from langso.courier.stick import CourierStick
from langso.settings.model import Settings
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.whole_office import Office
from speaker.agent import SpeakerAgent

__all__ = ["Ear", "ear", "noise"]


@dataclass
class Hamlet:
    """`office`, `speaker` and `kiosk` run; they meet at `stick` alone."""

    folder: Path
    office: Office
    speaker: SpeakerAgent
    kiosk: KioskAgent
    stop_signer: threading.Event

    @property
    def stick(self) -> Path:
        made = self.folder / "stick"
        made.mkdir(exist_ok=True)
        return made

    def at(self, who: Office | SpeakerAgent | KioskAgent, what: str, stick: Path | None = None) -> StickAccount:
        """`what`: "import" or "export", with the stick at that machine."""
        carrying = Carrying(who.settings)
        with CourierStick(stick or self.stick, "hoa-son", make=what == "export") as there:
            return carrying.bring(there) if what == "import" else carrying.fetch(there)

    def scheduled(self, seconds: float = 3600.0) -> Any:
        """A broadcast to all, sent; what the office keeps of it."""
        return sent_soon(self.office, "Mời bà con họp thôn.", seconds, late=Late(rule="within", minutes=60))


@pytest.fixture
def hamlet(tmp_path: Path, ear: Ear) -> Iterator[Hamlet]:
    roots = [SigningKey.generate()]
    office_settings = settings_of(
        tmp_path, "van-phong", "office", signer={"socket": str(tmp_path / "signer.sock")},
        office={"public_url": "http://127.0.0.1:9"},
    )  # fmt: skip
    home = initialise(office_settings, roots, None, datetime.now(UTC))
    stop, ready = threading.Event(), threading.Event()
    server = SignerServer(office_settings.signer.socket, lambda: Signing(home, SystemClock()))
    signing = threading.Thread(target=server.run, args=(stop, ready), daemon=True)
    signing.start()
    assert ready.wait(60)
    office = Office(office_settings)
    office.start_publisher()

    def paired(id: str, role: str, **more: Any) -> Settings:
        settings = settings_of(tmp_path, id, role, **more)
        found = pair_device(
            settings.paths.state, roots=home.roots, addresses=("127.0.0.1", NOWHERE, "http://127.0.0.1:9", "http://127.0.0.1:9"),
            commune=("hoa-son", "Xã Hoa Sơn"), device=id, role=role, place="Thôn 7", village="thon-7",
        )  # fmt: skip
        public = SigningKey.load(found.signing_key).public
        office.fleet.register(id, role, "Thôn 7", "thon-7", public, courier=True)  # type: ignore[arg-type]
        return settings

    speaker = SpeakerAgent(paired("loa-7", "speaker", speaker={"sound": "pipe", "sink": str(ear.pipe)}))
    kiosk = KioskAgent(paired("kiosk-7", "kiosk"))
    speaker.start()
    kiosk.start()
    hamlet = Hamlet(tmp_path, office, speaker, kiosk, stop)
    # Nothing is asked of a program before it has begun to look.
    assert until(lambda: all((one.settings.paths.state / "courier").is_dir() for one in (office, speaker, kiosk)))
    yield hamlet
    kiosk.stop()
    speaker.stop()
    office.close()
    stop.set()
    signing.join(60)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs look for a courier more often than each second."""
    monkeypatch.setattr("langso.courier.watch.LOOK_S", 0.05)

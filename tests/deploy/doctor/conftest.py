"""A loudspeaker, a kiosk and an office, each laid out anew for one test."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import laid_machines
import pytest

from deploy.doctor import bounded
from langso.settings import assets
from langso.settings.reading import load_settings
from langso.timekeeping.clock import SystemClock


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that any user may enter (pytest's own are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="langso-doctor-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def readable_assets() -> Iterator[Path]:
    """What set-up fetched, where any user reads it, as a package lays it: a checkout may lie in root's own home."""
    with tempfile.TemporaryDirectory(prefix="langso-assets-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        for one in ("models", "node_modules"):
            if (assets.folder() / one).is_dir():
                shutil.copytree(assets.folder() / one, folder / one)
        yield folder


@pytest.fixture(autouse=True)
def assets_are_readable(readable_assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an installed machine."""
    monkeypatch.setenv(assets.ENVIRONMENT, str(readable_assets))


@pytest.fixture(autouse=True)
def looks_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look starts programs, which is slow beside other tests: none is given up for that."""
    monkeypatch.setattr(bounded, "PATIENCE", 5.0)


@pytest.fixture
def speaker(place: Path, free_port: Callable[[], int]) -> Iterator[laid_machines.Laid]:
    """A paired loudspeaker with a plan, its media, a database, a pipe, and its broker running."""
    now = datetime.now(UTC)
    laid = laid_machines.machine(
        place, free_port(), "speaker", '[speaker]\nsound = "pipe"\nsink = "{state}/sound.pipe"'
    )
    laid_machines.pair(laid, "speaker")
    plan = laid_machines.plan_of(laid, now)
    (laid.state / "media").mkdir(mode=0o700)
    for medium in plan.media:
        (laid.state / "media" / medium.sha256).write_bytes(b"\0" * medium.size)
    laid_machines.database(laid.state / "speaker.sqlite")
    laid_machines.give(laid.folder / "state")
    laid.broker.start()
    yield laid
    laid.broker.stop()


@pytest.fixture
def kiosk(place: Path, free_port: Callable[[], int]) -> Iterator[laid_machines.Laid]:
    """A paired kiosk whose camera is a folder of pictures."""
    from PIL import Image

    more = '[scanner]\ncamera = "replay"\nsource = "{folder}/camera"'
    laid = laid_machines.machine(place, free_port(), "kiosk", more)
    (place / "camera").mkdir()
    Image.new("RGB", (64, 48), "white").save(place / "camera" / "1.jpg")
    laid_machines.pair(laid, "kiosk")
    laid_machines.give(laid.folder / "state")
    laid.broker.start()
    yield laid
    laid.broker.stop()


@pytest.fixture
def office(
    place: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[laid_machines.Laid]:
    """A founded office: a signer that answers, a web server at its door, its broker."""
    import founded

    from office.signer.server import SignerServer
    from office.signer.signing import Signing

    more = '[office]\nhost = "127.0.0.1"\nport = {free}\n[signer]\nsocket = "{run}/signer.sock"'
    laid = laid_machines.machine(place, free_port(), "office", more.replace("{free}", str(free_port())))
    laid.change(
        "[device]",
        f'ca = "{laid.state}/link/ca.pem"\ncert = "{laid.state}/link/office.pem"\n'
        f'key = "{laid.state}/link/office.key"\n[device]',
    )
    settings = load_settings(laid.settings)
    home = founded.initialise(settings, [laid.root], laid.ca, datetime.now(UTC))
    stop, ready = threading.Event(), threading.Event()
    signer = threading.Thread(
        target=lambda: SignerServer(settings.signer.socket, lambda: Signing(home, SystemClock())).run(stop, ready),
        daemon=True,
    )
    laid_machines.give(laid.folder / "state")
    door = laid_machines.door(settings.office.port)
    laid.broker.start()
    signer.start()
    ready.wait(60)
    if laid_machines.AS_ROOT:
        # Run by this test as root; in the field the signer's group lets the office in (tests/office/signer).
        settings.signer.socket.chmod(0o666)
        monkeypatch.setattr("office.signer.server.may_ask", lambda _: True)
    laid.stop_signer = lambda: (stop.set(), signer.join(5))  # type: ignore[attr-defined]
    laid.stop_door = lambda: (door.shutdown(), door.server_close())  # type: ignore[attr-defined]
    yield laid
    stop.set()
    with contextlib.suppress(OSError):
        door.shutdown()
        door.server_close()
    laid.broker.stop()

"""The scan journey without a screen: pages, order of steps, what is handed in, what never stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.errors import KioskError, NotReady, WrongStep
from kiosk.journeys.kinds import GENERAL_KINDS, kinds_for
from kiosk.journeys.papers import Eye, Papers, Seen
from kiosk.sending.dossiers import KIND, Dossiers
from kiosk.shell.visit import Workspace
from langso.contract import DossierManifest
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey, open_sealed


class Room:
    """A workspace, an outbox and a journey over them."""

    def __init__(self, folder: Path) -> None:
        self.identity = pyrage.x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())
        self.key = SigningKey.generate()
        self.folder = folder
        self.store = Store(folder / "kiosk.sqlite", (OUTBOX_MIGRATION,))
        self.outbox = Outbox(self.store, SystemClock())
        self.workspace = Workspace(folder / "visit")
        self.dossiers = Dossiers(folder, self.outbox, SystemClock(), self.key, device="kiosk-thu", commune="xa-thu")
        self.journey = Papers(self.workspace, self.dossiers)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def seen(image: Any) -> Seen:
    return Eye().look(image)


def test_a_still_page_captures_itself_once(paper: Any) -> None:
    eye = Eye(needed=3)
    captures = [eye.look(paper).capture for _ in range(12)]
    assert captures.count(True) == 1


def test_two_pages_become_one_encrypted_dossier_and_the_pictures_are_gone(room: Room, paper: Any) -> None:
    journey = room.journey
    journey.capture(seen(paper))
    journey.keep()
    journey.capture(seen(paper))
    journey.sort()
    assert len(room.workspace.files()) == 2
    receipt = journey.hand_in(GENERAL_KINDS[0], room.recipient)
    assert (journey.step, receipt.pages, receipt.title) == ("done", 2, "Giấy khai sinh")
    assert room.workspace.files() == []
    (item,) = room.outbox.pending(KIND)
    manifest = DossierManifest.model_validate_json(open_sealed(item.body, KIND, [room.key.public]))
    sealed = room.dossiers.path(receipt.dossier).read_bytes()
    assert (manifest.size, manifest.pages, manifest.dossier) == (len(sealed), 2, receipt.dossier)
    pdf = pyrage.decrypt(sealed, [room.identity])
    assert pdf.startswith(b"%PDF")
    for file in room.folder.rglob("*"):
        if file.is_file():
            assert b"%PDF" not in file.read_bytes(), f"{file} holds the paper in clear"


def test_without_a_key_nothing_is_lost_and_nothing_written(room: Room, paper: Any) -> None:
    room.journey.capture(seen(paper))
    room.journey.sort()
    for bad in (None, "", "age1nonsense"):
        with pytest.raises(NotReady, match="cán bộ"):
            room.journey.hand_in(GENERAL_KINDS[0], bad)
    assert room.journey.step == "sort"
    assert len(room.journey.pages) == 1
    assert room.outbox.pending() == []
    assert list(room.dossiers.folder.iterdir()) == []


def test_a_wiped_visit_cannot_capture_nor_hand_in(room: Room, paper: Any) -> None:
    room.journey.capture(seen(paper))
    room.journey.sort()
    room.workspace.wipe()
    with pytest.raises(NotReady):
        room.journey.hand_in(GENERAL_KINDS[0], room.recipient)
    late = Papers(room.workspace, room.dossiers)
    room.workspace.wipe()
    with pytest.raises(WrongStep):
        late.capture(seen(paper))
    assert room.workspace.files() == []


def test_a_frame_without_a_page_may_still_be_captured_whole(room: Room) -> None:
    import numpy

    blank = numpy.full((480, 640, 3), 120, numpy.uint8)
    page = room.journey.capture(Seen(blank, None, "", good=False))
    assert page.path.exists()


def test_the_catalogues_procedures_can_be_chosen(commune: Any) -> None:
    kinds = kinds_for(commune.catalogue())
    assert kinds[: len(GENERAL_KINDS)] == GENERAL_KINDS
    assert [kind.procedure for kind in kinds[len(GENERAL_KINDS) :]] == ["1.001193", "2.000635"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["capture", "keep", "again", "remove", "sort", "more", "hand_in"]), max_size=25))
def test_whatever_is_pressed_the_workspace_holds_exactly_the_pages(
    tmp_path_factory: pytest.TempPathFactory, presses: list[str]
) -> None:
    import numpy

    room = Room(tmp_path_factory.mktemp("room"))
    frame = Seen(numpy.full((120, 90, 3), 200, numpy.uint8), None, "", good=True)
    for press in presses:
        journey = room.journey
        try:
            if press == "capture":
                journey.capture(frame)
            elif press == "remove":
                journey.remove(0)
            elif press == "hand_in":
                journey.hand_in(GENERAL_KINDS[-1], room.recipient)
            else:
                getattr(journey, press)()
        except KioskError:
            pass
        kept = {page.path for page in journey.pages} | ({journey.fresh.path} if journey.fresh else set())
        assert set(room.workspace.files()) == kept
        assert (journey.fresh is not None) == (journey.step == "preview")
        assert journey.step != "sort" or journey.pages
    assert len(room.outbox.pending(KIND)) == (1 if room.journey.step == "done" else 0)
    room.store.close()


def test_orphaned_ciphertexts_are_removed_and_waiting_ones_stay(room: Room) -> None:
    receipt = room.dossiers.hand_in(b"%PDF-1", title="Giấy", pages=1, recipient=room.recipient)
    (room.dossiers.folder / "TN-261122-000000.age").write_bytes(b"left by a crash")
    assert room.dossiers.tidy([receipt.dossier]) == 1
    assert room.dossiers.path(receipt.dossier).exists()

"""The scan journey without a screen: the real scanner, the real workspace, the real outbox."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.dossiers import Dossiers
from kiosk.errors import NotReady, WrongStep
from kiosk.journeys.scan import MAX_PAGES, Eye, Kind, ScanJourney, Seen, kinds_for
from kiosk.privacy import Workspace
from langso.clock import SystemClock
from langso.contract import DossierManifest
from langso.outbox import OUTBOX_MIGRATION, Outbox
from langso.store import Store
from langso.trust import SigningKey, open_sealed

BIRTH = Kind("Giấy khai sinh", "1.001193")


@dataclass
class Site:
    workspace: Workspace
    outbox: Outbox
    dossiers: Dossiers
    key: SigningKey

    def journey(self) -> ScanJourney:
        return ScanJourney(self.workspace, self.dossiers)


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[[], Site]]:
    stores: list[Store] = []

    def make() -> Site:
        folder = tmp_path / f"site-{len(stores)}"
        folder.mkdir()
        store = Store(folder / "kiosk.sqlite", [OUTBOX_MIGRATION])
        stores.append(store)
        clock = SystemClock()
        outbox, key = Outbox(store, clock), SigningKey.generate()
        dossiers = Dossiers(folder, outbox, clock, key, device="kiosk-1", commune="xa-thu")
        return Site(Workspace(folder / "visit"), outbox, dossiers, key)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def site(make_site: Callable[[], Site]) -> Site:
    return make_site()


@pytest.fixture
def seen(paper: Any) -> Seen:
    return Eye().look(paper)


def test_a_page_held_still_is_captured_by_itself(paper: Any) -> None:
    eye = Eye(needed=4)
    looks = [eye.look(paper) for _ in range(6)]
    assert looks[0].good
    assert looks[0].sentence
    captured = [look.capture for look in looks]
    assert not any(captured[:3])
    assert captured.count(True) == 1, "one capture, not one a frame"
    assert [look.progress for look in looks[:4]] == sorted(look.progress for look in looks[:4])


def test_capture_preview_keep_sort_hand_in(site: Site, seen: Seen, commune: Any) -> None:
    import pikepdf
    import pyrage

    journey = site.journey()
    page = journey.capture(seen)
    assert journey.step == "preview"
    assert page.path.parent == site.workspace.home
    journey.keep()
    journey.capture(seen)
    journey.sort()
    assert (journey.step, len(journey.pages)) == ("sort", 2)
    receipt = journey.hand_in(BIRTH, commune.catalogue(), None)
    assert journey.step == "done"
    assert site.workspace.files() == [], "the pictures are gone as soon as they are handed in"
    (item,) = site.outbox.pending("dossier")
    manifest = DossierManifest.model_validate_json(open_sealed(item.body, "dossier", [site.key.public]))
    assert (manifest.dossier, manifest.title, manifest.procedure) == (receipt.dossier, "Giấy khai sinh", "1.001193")
    pdf = pyrage.decrypt(site.dossiers.path(receipt.dossier).read_bytes(), [commune.identity])
    (site.workspace.home / "x.pdf").write_bytes(pdf)
    with pikepdf.open(site.workspace.home / "x.pdf") as opened:
        assert len(opened.pages) == manifest.pages == 2


def test_nothing_of_the_page_is_readable_on_the_disk(site: Site, seen: Seen, commune: Any) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    receipt = journey.hand_in(BIRTH, commune.catalogue(), None)
    on_disk = b"".join(path.read_bytes() for path in site.dossiers.folder.iterdir())
    assert site.dossiers.path(receipt.dossier).exists()
    assert on_disk.startswith(b"age-encryption.org/v1")
    assert b"%PDF" not in on_disk
    assert b"\xff\xd8\xff" not in on_disk[:2000]


def test_again_forgets_the_page_and_remove_takes_one_out(site: Site, seen: Seen) -> None:
    journey = site.journey()
    first = journey.capture(seen)
    journey.again()
    assert (journey.step, first.path.exists()) == ("look", False)
    kept = journey.capture(seen)
    journey.sort()
    journey.remove(0)
    assert (journey.step, journey.pages, kept.path.exists()) == ("look", (), False)
    with pytest.raises(WrongStep):
        journey.sort()


def test_without_the_offices_key_nothing_is_lost(site: Site, seen: Seen, commune: Any) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    with pytest.raises(NotReady, match="gọi cán bộ"):
        journey.hand_in(BIRTH, None, None)
    assert (journey.step, len(journey.pages)) == ("sort", 1)
    assert journey.hand_in(BIRTH, None, commune.recipient).pages == 1, "the key given at pairing serves as well"


def test_a_broken_key_is_refused_in_a_sentence(site: Site, seen: Seen) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    with pytest.raises(NotReady, match="Khóa của xã"):
        journey.hand_in(BIRTH, None, "age1" + "q" * 58)


def test_a_visit_that_was_wiped_cannot_be_handed_in_or_go_on(site: Site, seen: Seen, commune: Any) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    site.workspace.wipe()
    with pytest.raises(NotReady):
        journey.hand_in(BIRTH, commune.catalogue(), None)
    assert site.outbox.pending("dossier") == []
    late = site.journey()
    site.workspace.wipe()
    with pytest.raises(WrongStep):
        late.capture(seen)
    assert site.workspace.files() == []


def test_full_memory_is_said_and_the_pages_stay(site: Site, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.keep()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site.workspace, "write", full)
    with pytest.raises(NotReady, match="hết chỗ"):
        journey.capture(seen)
    assert (journey.step, len(journey.pages)) == ("look", 1)


def test_a_dossier_has_an_end(site: Site, seen: Seen) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.keep()
    journey.pages = journey.pages * MAX_PAGES
    with pytest.raises(WrongStep, match=str(MAX_PAGES)):
        journey.capture(seen)


def test_a_frame_without_a_page_can_still_be_taken_by_the_button(site: Site) -> None:
    import numpy

    blank = numpy.full((480, 640, 3), 60, numpy.uint8)
    page = site.journey().capture(Seen(blank, None, "", False))
    assert page.path.stat().st_size > 0


def test_what_it_is_offers_common_papers_then_the_communes_procedures(commune: Any) -> None:
    names = [kind.name for kind in kinds_for(commune.catalogue())]
    assert names[0] == "Giấy khai sinh"
    assert "Cấp bản sao trích lục hộ tịch" in names
    assert kinds_for(None) == kinds_for(commune.catalogue())[: len(kinds_for(None))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(presses=st.lists(st.sampled_from(["capture", "keep", "again", "remove", "sort", "more"]), max_size=12))
def test_whatever_is_pressed_files_and_pages_agree(make_site: Callable[[], Site], presses: list[str]) -> None:
    import numpy

    site = make_site()
    journey = site.journey()
    look = Seen(numpy.full((120, 90, 3), 200, numpy.uint8), None, "", True)
    for press in presses:
        with contextlib.suppress(WrongStep):
            if press == "capture":
                journey.capture(look)
            elif press == "remove":
                journey.remove(len(journey.pages) - 1)
            else:
                getattr(journey, press)()
        expected = {page.path for page in journey.pages} | ({journey.fresh.path} if journey.fresh else set())
        assert set(site.workspace.files()) == expected
        assert (journey.step == "preview") == (journey.fresh is not None)
        assert journey.step != "sort" or journey.pages

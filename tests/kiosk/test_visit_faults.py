"""What goes wrong in a visit, and that nobody is hurried: refusals, full memory, odd codes, the countdown."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import NotReady, WrongStep
from kiosk.journeys.kinds import Kind
from kiosk.journeys.papers import MAX_PAGES, Eye, Papers, Seen
from kiosk.journeys.payment import LOOK, CodeSearch, read_fee
from kiosk.sending.dossiers import Dossiers
from kiosk.shell.idle import IdleTimer
from kiosk.shell.visit import Workspace
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock, SystemClock
from langso.trust import SigningKey
from scanner.live.capture import Shot, straighten

BIRTH = Kind("Giấy khai sinh", "1.001193")


@dataclass
class Site:
    workspace: Workspace
    outbox: Outbox
    dossiers: Dossiers
    key: SigningKey

    def journey(self) -> Papers:
        return Papers(self.workspace, self.dossiers)


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


def test_nothing_of_the_page_is_readable_on_the_disk(site: Site, seen: Seen, commune: Any) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    receipt = journey.hand_in(BIRTH, commune.recipient)
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


def test_after_the_end_no_picture_is_held_and_none_comes_any_more(
    site: Site, seen: Seen, paper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.keep()
    picture = paper.copy()
    held = weakref.ref(picture)
    journey.capture(Shot(picture, seen.quad))
    del picture
    assert held() is not None
    journey.end()
    site.workspace.wipe()
    assert held() is None
    assert (journey.shot, journey.fresh, journey.card, journey.pages, journey.known) == (None, None, None, (), [])
    with pytest.raises(WrongStep):
        journey.capture(seen)

    late = site.journey()
    made = straighten(seen)

    def ended_meanwhile(*_: Any, **__: Any) -> Any:
        late.end()
        return made

    monkeypatch.setattr("kiosk.journeys.papers.straighten", ended_meanwhile)
    with pytest.raises(WrongStep):
        late.capture(seen)
    assert (late.shot, site.workspace.files()) == (None, [])


def test_a_card_side_is_let_go_of_at_the_end(site: Site, card_sides: tuple[Any, Any]) -> None:
    journey = site.journey()
    journey.begin_card()
    journey.capture_side(Eye().look(card_sides[0]))
    assert journey.known
    journey.end()
    assert (journey.card, journey.known) == (None, [])


def test_without_the_offices_key_nothing_is_lost(site: Site, seen: Seen, commune: Any) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    with pytest.raises(NotReady, match="gọi cán bộ"):
        journey.hand_in(BIRTH, None)
    assert (journey.step, len(journey.pages)) == ("sort", 1)
    assert journey.hand_in(BIRTH, commune.recipient).pages == 1, "the key given at pairing serves as well"


def test_a_broken_key_is_refused_in_a_sentence(site: Site, seen: Seen) -> None:
    journey = site.journey()
    journey.capture(seen)
    journey.sort()
    with pytest.raises(NotReady, match="Khóa của xã"):
        journey.hand_in(BIRTH, "age1" + "q" * 58)


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


@pytest.fixture
def listed(commune: Any) -> Any:
    return commune.payees()


def test_a_code_without_an_amount_says_so(listed: Any, make_code: Callable[..., str]) -> None:
    fee = read_fee(make_code(amount=None), listed)
    assert fee.payable
    assert fee.amount_shown == "Chưa ghi số tiền"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.invalid/nop",
        "001095000001|012345678|Nguyễn Văn Mẫu|05031995|Nam|Hà Nội|10052021",
        "H29.16-250701-0001",
        "xin chào",
        "",
    ],
)
def test_a_code_that_is_no_payment_says_what_to_do(listed: Any, text: str) -> None:
    fee = read_fee(text, listed)
    assert (fee.verdict, fee.payable) == ("not_payment", False)
    assert "mã" in str(fee.why)


def test_a_code_once_found_stays_until_another_is_wanted(listed: Any, make_code: Callable[..., str]) -> None:
    journey = CodeSearch()
    assert journey.see([], listed) is None
    assert journey.hint == LOOK
    first = journey.see([make_code()], listed)
    assert journey.see([make_code("999900001111")], listed) is first
    journey.again()
    assert (journey.fee, journey.hint) == (None, LOOK)


def test_a_code_beside_a_web_address_is_the_one_meant(listed: Any, make_code: Callable[..., str]) -> None:
    fee = CodeSearch().see(["https://example.invalid", make_code()], listed)
    assert fee is not None
    assert fee.verdict == "own"


@given(st.lists(st.tuples(st.floats(0, 100, allow_nan=False), st.booleans()), max_size=40))
def test_it_is_never_over_without_twenty_seconds_of_warning(story: list[tuple[float, bool]]) -> None:
    clock = SimulatedClock(datetime(2026, 11, 22, tzinfo=UTC))
    idle = IdleTimer(clock, idle_s=60, warn_s=20)
    since_touch = 0.0
    for seconds, touched in story:
        clock.advance(seconds)
        since_touch += seconds
        state = idle.look()
        if state.phase == "over":
            assert since_touch > 79.99
        if state.phase == "warning":
            assert 1 <= state.left <= 20
        if touched:
            idle.touch()
            since_touch = 0.0

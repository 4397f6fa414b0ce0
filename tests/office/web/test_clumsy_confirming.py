"""A part-time clerk in a real browser at forms that ask who he is: Enter, an ended session, too much, a full disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from enrolled_clerk import Clerk
from filled_office import CLERK, DESK_PHRASE, seal_desk
from real_browser import REAL_BROWSER
from waiting import until

from langso.words.catalogue import t
from office.broadcasting.jobs import JobRows
from office.desk import key as desk_key
from office.people.accounts import Accounts

pytestmark = REAL_BROWSER
ALARM = "Lũ quét. Bà con lên chỗ cao."


@dataclass
class Desk:
    """The page of an enrolled clerk, and what he may confirm: by kind, the form's page and whether it was done."""

    office: Any
    page: Any
    clerk: Clerk
    forms: dict[str, tuple[str, Callable[[], bool]]]

    def code(self) -> str:
        """Six digits, good once."""
        return str(self.clerk.phone.totp.at(datetime.now(UTC), counter_offset=1))

    def enter(self, kind: str, typed: str) -> None:
        """On that form's page: the field is filled, and Enter pressed."""
        self.page.goto(self.forms[kind][0])
        self.page.fill("[name=code]", typed)
        self.page.keyboard.press("Enter")

    def done(self, kind: str) -> bool:
        return self.forms[kind][1]()


@pytest.fixture
def desk(visit: Any) -> Desk:
    """All that asks for six digits."""
    office = visit.office
    visit.doors.world.reporter("loa-1")

    def draft(title: str, hours: int) -> str:
        start = datetime.now(UTC) + timedelta(hours=hours)
        made = office.broadcasts.draft("Bà con chú ý.", title=title, targets=("*",), start=start, by="van-thu")
        office.broadcasts.prepare(made.id)
        return str(made.id)

    planned = draft("Họp thôn", 5)
    office.broadcasts.send(planned, "van-thu")
    order = office.alarms.urgent(ALARM, targets=["loa-1"], by="van-thu")
    clerk = Clerk(office.signer, "van-thu")
    office.speaker_orders.enrolled_anew()
    waiting = draft("Cắt nước", 9)
    jobs = JobRows(office.store, office.clock)
    job = jobs.ask("send", "Bà con chú ý.", "van-thu", waiting)
    jobs.take()
    jobs.end(job.id, "done")
    return Desk(
        office,
        visit.page(),
        clerk,
        {
            "confirm": (
                f"/ban-tin/{waiting}",
                lambda: f"{waiting}.1" in office.speaker_orders._signed("plan"),
            ),
            "withdraw": (f"/ban-tin/{planned}/dung", lambda: office.broadcasts.get(planned).ended is not None),
            "all-clear": (f"/khan-cap/{order.id}/bao-yen", lambda: not office.alarms.in_force()),
        },
    )


KINDS = ("confirm", "withdraw", "all-clear")


def log_in(page: Any, password: str, name: str = "van-thu") -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", KINDS)
def test_enter_confirms_with_the_right_digits_alone_and_once(desk: Desk, kind: str) -> None:
    place = desk.forms[kind][0]
    for wrong in ("", "000000"):
        desk.enter(kind, wrong)
        desk.page.wait_for_selector(".notice.bad")
        assert desk.page.input_value("[name=code]") == ""
        assert not desk.done(kind)
    desk.enter(kind, desk.code())
    # Somebody impatient: the second press of a held key, and another.
    desk.page.keyboard.press("Enter")
    assert until(lambda: desk.done(kind))
    desk.page.locator(f"form.confirm, form[action='{place}']").wait_for(state="detached")
    desk.page.wait_for_load_state()
    assert desk.page.locator(".notice.bad:visible").all_inner_texts() == []


@pytest.mark.parametrize("kind", KINDS)
def test_who_had_to_log_in_comes_back_to_what_he_was_confirming(desk: Desk, kind: str, password: str) -> None:
    place, code = desk.forms[kind][0], desk.code()
    desk.page.goto(place)
    desk.office.store.db.execute("DELETE FROM sessions")
    desk.page.fill("[name=code]", code)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("[name=password]")
    assert t("console-session-over") in desk.page.inner_text("main")
    assert code not in desk.page.content()
    assert not desk.done(kind)
    log_in(desk.page, password)
    desk.page.wait_for_url(f"**{place}")
    desk.page.fill("[name=code]", desk.code())
    desk.page.keyboard.press("Enter")
    assert until(lambda: desk.done(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_too_much_is_refused_with_a_way_back(desk: Desk, kind: str) -> None:
    for many in (200, 20_000):
        desk.enter(kind, "1" * many)
        desk.page.wait_for_selector("main.gate [role=alert]")
        desk.page.click("main.gate a.p")
        desk.page.wait_for_url(f"**{desk.forms[kind][0]}")
        assert desk.page.is_visible("[name=code]")
    assert not desk.done(kind)


@pytest.fixture
def full(visit: Any) -> Iterator[Callable[[], None]]:
    """Call it: the office's database takes nothing more."""
    db = visit.office.store.db
    yield lambda: db.execute("PRAGMA query_only = 1")
    db.execute("PRAGMA query_only = 0")


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_told_and_nothing_is_said_to_be_done(desk: Desk, kind: str, full: Callable[[], None]) -> None:
    desk.page.goto(desk.forms[kind][0])
    full()
    desk.page.fill("[name=code]", desk.code())
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("[role=alert]")
    assert not desk.done(kind)
    if desk.page.query_selector("main.gate") is not None:
        desk.page.click("main.gate a.p")
        desk.page.wait_for_url(f"**{desk.forms[kind][0]}")
    assert desk.page.is_visible("[name=code]")


@pytest.fixture
def officer(visit: Any, password: str) -> Any:
    """The page Papers of an officer whose passphrase opens the desk."""
    Accounts(visit.office.store, visit.office.clock, visit.office.settings.office).add("Văn thư xã", password)
    seal_desk(visit.office)
    page = visit.page(name=CLERK)
    page.goto("/giay-to")
    return page


def test_enter_opens_the_desk_with_the_right_passphrase_alone(
    visit: Any, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_key, "PAUSE_S", 0.0)
    key = visit.office.desk.key
    officer.focus("[name=passphrase]")
    officer.keyboard.press("Enter")
    assert officer.query_selector(".notice.bad") is None
    officer.fill("[name=passphrase]", "không phải câu này đâu")
    officer.keyboard.press("Enter")
    officer.wait_for_selector(".notice.bad")
    assert officer.input_value("[name=passphrase]") == ""
    assert not key.open
    officer.fill("[name=passphrase]", DESK_PHRASE)

    officer.keyboard.press("Enter")
    assert until(lambda: key.open)


def test_a_passphrase_that_came_too_late_too_long_or_to_a_full_disk_opens_nothing_and_is_kept_nowhere(
    visit: Any, officer: Any, password: str, full: Callable[[], None]
) -> None:
    key = visit.office.desk.key
    visit.office.store.db.execute("DELETE FROM sessions")
    officer.fill("[name=passphrase]", DESK_PHRASE)
    officer.keyboard.press("Enter")
    officer.wait_for_selector("[name=password]")
    assert "trâu" not in officer.content()
    assert not key.open
    log_in(officer, password, CLERK)
    officer.wait_for_url("**/giay-to")
    for many in (5_000, 20_000):
        officer.fill("[name=passphrase]", "a" * many)
        officer.keyboard.press("Enter")
        officer.wait_for_selector("main.gate [role=alert]")
        officer.click("main.gate a.p")
        officer.wait_for_url("**/giay-to")
    full()
    officer.fill("[name=passphrase]", DESK_PHRASE)
    officer.keyboard.press("Enter")
    officer.wait_for_selector(".notice.bad")
    assert officer.is_visible("[name=passphrase]")
    assert "trâu" not in officer.content()
    assert not key.open

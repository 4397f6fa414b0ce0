"""Withdrawing asks first, says whose it is, and can be undone for half a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from broadcast_walk import form
from refusals import refused

from office.broadcasting.broadcasts import REGRET
from office.errors import BroadcastRefused


@pytest.fixture
def sent(browser: Any, device: Any) -> str:
    place: str = browser.post("/soan", form()).headers["location"].partition("?")[0]
    return place


def age(world: Any, place: str, by: timedelta) -> None:
    """The withdrawal lies so much farther back."""
    at = (datetime.now(UTC) - by).isoformat()
    world.office.store.db.execute(
        "UPDATE rules SET ended_at = ? WHERE message = ?", [at, place.removeprefix("/ban-tin/")]
    )


def test_no_page_withdraws_in_one_press(browser: Any, sent: str, office_world: Any) -> None:
    page = browser.get(sent).text
    assert f'action="{sent}/dung"' not in page
    assert f'href="{sent}/dung"' in page
    asked = browser.get(f"{sent}/dung").text
    assert f'action="{sent}/dung"' in asked
    assert "Bản tin của bạn." in asked
    assert office_world.office.broadcasts.get(sent.removeprefix("/ban-tin/")).status == "scheduled"


def test_anothers_broadcast_is_said_to_be_anothers(
    browser: Any, new_browser: Any, accounts: Any, sent: str, password: str
) -> None:
    accounts.add("Kế toán", password)
    other = new_browser()
    other.login("ke-toan")
    asked = other.get(f"{sent}/dung").text
    assert "Bản tin của van-thu, không phải của bạn" in asked


def test_what_was_withdrawn_comes_back_within_half_a_minute_as_it_was(
    browser: Any, sent: str, office_world: Any
) -> None:
    office, id = office_world.office, sent.removeprefix("/ban-tin/")
    before = office.broadcasts.get(id).planned
    browser.post(f"{sent}/dung", {}, page="/soan")
    assert before.id not in office.speaker_orders.standings().planned
    assert "Lấy lại" in browser.get(sent).text
    assert "Lấy lại" in browser.get(f"{sent}/manh").text
    assert browser.post(f"{sent}/lay-lai", {}, page="/soan").status_code == 303
    assert office.broadcasts.get(id).planned == before
    assert before.id in office.speaker_orders.standings().planned
    assert [row.action for row in office.audit.newest(2)] == ["restore", "withdraw"]
    # Twice does no harm.
    assert browser.post(f"{sent}/lay-lai", {}, page="/soan").status_code == 303


def test_after_half_a_minute_it_stays_withdrawn(browser: Any, sent: str, office_world: Any) -> None:
    browser.post(f"{sent}/dung", {}, page="/soan")
    age(office_world, sent, REGRET + timedelta(seconds=1))
    assert "lay-lai" not in browser.get(sent).text
    late = browser.post(f"{sent}/lay-lai", {}, page="/soan")
    assert late.status_code == 422
    assert "không lấy lại được nữa" in late.text
    assert office_world.office.broadcasts.get(sent.removeprefix("/ban-tin/")).status == "withdrawn"


def test_what_has_lost_its_time_to_another_stays_withdrawn(browser: Any, sent: str, office_world: Any) -> None:
    browser.post(f"{sent}/dung", {}, page="/soan")
    assert browser.post("/soan", form(title="Bản khác")).status_code == 303
    with refused(BroadcastRefused, "broadcasting-taken"):
        office_world.office.broadcasts.restore(sent.removeprefix("/ban-tin/"), "van-thu")


def test_what_was_silenced_on_the_loudspeakers_does_not_come_back(browser: Any, sent: str, office_world: Any) -> None:
    id = sent.removeprefix("/ban-tin/")
    soon = (datetime.now(UTC) + timedelta(seconds=50)).isoformat(timespec="milliseconds")
    office_world.office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [soon, f"{id}.1"])
    browser.post(f"{sent}/dung", {}, page="/soan")
    assert "lay-lai" not in browser.get(sent).text
    with refused(BroadcastRefused, "broadcasting-not-back"):
        office_world.office.broadcasts.restore(id, "van-thu")


def test_who_may_not_withdraw_may_not_bring_back(
    browser: Any, new_browser: Any, accounts: Any, sent: str, password: str
) -> None:
    accounts.add("Một cửa", password, ("desk",))
    desk = new_browser()
    desk.login("mot-cua")
    assert "dung" not in desk.get(sent).text.split("<main")[1]
    assert desk.get(f"{sent}/dung").status_code == 403
    assert desk.post(f"{sent}/lay-lai", {}, page="/tai-khoan").status_code == 403

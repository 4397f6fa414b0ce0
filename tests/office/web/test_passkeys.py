"""A real passkey in a real browser: Chromium's own authenticator, enrolled by a code, confirms by a touch."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from real_browser import NARROW, REAL_BROWSER, WIDE, sticking_out, violations

pytestmark = REAL_BROWSER


def shown(page: Any, name: str) -> None:
    """Nothing sticks out, axe is content; a picture where somebody wants to look."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        assert sticking_out(page) == []
        if folder := os.environ.get("LANGSO_SHOTS"):
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    assert violations(page) == []
    page.set_viewport_size({"width": WIDE, "height": 800})


def with_a_passkey(visit: Any) -> tuple[Any, str]:
    """The page of a clerk who has just enrolled one, and the console's address."""
    world, office = visit.doors.world, visit.office
    world.settings = office.settings
    world.stop_signer()
    # Anew, for it reads its own addresses when it starts.
    world.start_signer()
    world.reporter("loa-thon-1")
    page = visit.page(locale=os.environ.get("LANGSO_SHOTS_LANGUAGE", "vi-VN"))
    cookies = page.context.cookies()
    here = f"http://localhost:{visit.doors.port('plain')}"
    page.context.add_cookies([{"name": one["name"], "value": one["value"], "url": here} for one in cookies])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto(f"{here}/tai-khoan")
    shown(page, "tai-khoan-none")
    page.fill("[name=invitation]", office.signer.as_root("invite", "van-thu").text)
    page.click("[data-new]")
    page.wait_for_url("**/tai-khoan?xong=khoa")
    shown(page, "tai-khoan-enrolled")
    assert office.signer.people().people["van-thu"].passkeys == 1
    return page, here


def test_one_touch_enrols_and_then_confirms_a_broadcast_and_an_emergency(visit: Any) -> None:
    page, here = with_a_passkey(visit)
    office = visit.office
    draft = office.broadcasts.draft("Mời bà con đi họp.", targets=["loa-thon-1"], start=_soon(), by="van-thu")
    office.jobs.wait(office.jobs.ask("send", draft.text, "van-thu", draft.id).id, 60)
    page.goto(f"{here}/ban-tin/{draft.id}")
    shown(page, "ban-tin")
    with page.expect_navigation():
        page.click("[data-touch]")
    assert office.speaker_orders.standings().of(office.broadcasts.get(draft.id)) == "signed"
    page.goto(f"{here}/ban-tin/{draft.id}/dung")
    shown(page, "rut")

    page.goto(f"{here}/khan-cap")
    page.fill("[name=text]", "Lũ về, bà con lên nhà văn hóa ngay.")
    page.check("[name=devices][value='*']")
    shown(page, "khan-cap")
    with page.expect_navigation():
        page.click("[data-touch]")
    (row,) = office.alarms.in_force()
    page.goto(f"{here}/khan-cap/{row.order.id}/bao-yen")
    shown(page, "bao-yen")
    with page.expect_navigation():
        page.click("[data-touch]")
    assert not office.alarms.in_force()


def test_a_touch_after_the_session_ended_orders_nothing_and_leads_back(visit: Any, password: str) -> None:
    page, here = with_a_passkey(visit)
    office = visit.office
    draft = office.broadcasts.draft("Mời bà con đi họp.", targets=["loa-thon-1"], start=_soon(), by="van-thu")
    office.jobs.wait(office.jobs.ask("send", draft.text, "van-thu", draft.id).id, 60)

    def log_in() -> None:
        page.fill("[name=name]", "van-thu")
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")

    page.goto(f"{here}/ban-tin/{draft.id}")
    office.store.db.execute("DELETE FROM sessions")
    page.click("[data-touch]")
    page.wait_for_selector("[name=password]")
    assert office.speaker_orders.standings().of(office.broadcasts.get(draft.id)) != "signed"
    log_in()
    page.wait_for_url(f"**/ban-tin/{draft.id}")
    with page.expect_navigation():
        page.click("[data-touch]")
    assert office.speaker_orders.standings().of(office.broadcasts.get(draft.id)) == "signed"

    page.goto(f"{here}/khan-cap")
    page.fill("[name=text]", "Lũ về, bà con lên nhà văn hóa ngay.")
    page.check("[name=devices][value='*']", force=True)
    office.store.db.execute("DELETE FROM sessions")
    page.click("[data-touch]")
    page.wait_for_selector("[data-when=over]:not([hidden])")
    assert office.alarms.in_force() == []
    page.click("[data-when=over] button")
    log_in()
    page.wait_for_url("**/khan-cap?giu=1")
    assert page.input_value("[name=text]") == "Lũ về, bà con lên nhà văn hóa ngay."
    with page.expect_navigation():
        page.click("[data-touch]")
    assert len(office.alarms.in_force()) == 1


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=2)

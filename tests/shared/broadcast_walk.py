"""What a clerk sends in a year at the console: broadcasts and alarms in every state, their refusals, and how they are
confirmed. Steps as those of `console_walk`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from unittest.mock import Mock

import pytest
from console_walk import HX
from software_passkey import SoftwarePasskey
from waiting import until

from langso.contract import HeardReceipt, Held
from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import Sentence
from office.broadcasting import jobs
from office.broadcasting.jobs import JobRows
from office.broadcasting.media import MadeSound, MediaStore
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.publishing.standings import Standing, Standings
from office.signer.errors import SignerRefused
from office.web.pages import sounds
from speaker.sound.heard import Sounding

FINDINGS = sorted(set(Sounding) - {Sounding.HEARD, Sounding.UNSURE})
LOCAL = "http://localhost:8080"


def form(hours: float = 2, **more: Any) -> dict[str, Any]:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=hours)
    asked = {"title": "Họp thôn", "text": "Mời bà con đi họp.", "devices": ["loa-thon-1"]}
    return {**asked, "date": f"{when:%Y-%m-%d}", "time": f"{when:%H:%M:%S}", "broadcast_class": "priority", **more}


def composing(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that are no good, a sound that takes long, broadcasts in every state."""
    world.reporter("loa-gone")
    lost = browser.post("/soan", form(1, devices=["loa-gone"])).headers["location"]
    next(world.home.devices.glob("loa-gone*")).unlink()
    browser.get(lost)
    world.reporter("loa-thon-1")
    for wrong in (
        {"text": " "},
        {"text": "a " * 6000},
        {"devices": []},
        {"devices": ["loa-khong-co"]},
        {"date": "7h00"},
        {"time": "Thôn 1"},
        {"title": "x" * 900},
        {"text": "x" * 21_000},
    ):
        browser.post("/soan", form(**wrong))
    for hours in (-2, 24 * 400, 0.001):
        browser.post("/soan", form(hours))
    token = browser.token("/soan")
    browser.client.post("/soan", data={"token": "x"})
    browser.post("/soan/giu", {"text": "Nước lên."}, page="/soan")
    browser.post("/khan-cap/giu", {"text": "Nước lên."}, page="/khan-cap")
    browser.client.post("/soan", content=b"{}", headers={"content-type": "application/json"})
    browser.client.post("/soan", content=b"a=\xff", headers={"content-type": "application/x-www-form-urlencoded"})
    browser.client.post("/soan", data={"token": token, "text": "x" * (2 << 20)})
    browser.client.post("/soan", data={"token": token}, headers={"origin": "https://ai.khac"})
    for headers in ({}, HX):
        browser.post("/soan/doc", form(text="Họp lúc 7h00."), page="/soan", headers=headers)
        browser.post("/soan/doc", form(text="UBKT họp ngày 31/02."), page="/soan", headers=headers)
        browser.post("/soan/doc", form(), page="/soan", headers=headers)
        browser.post("/soan/nghe", form(), page="/soan", headers=headers)
        browser.post("/soan/nghe", form(text=" "), page="/soan", headers=headers)
    browser.get("/soan?tu=khong-co")
    browser.get("/ban-tin/khong-co")
    taken = browser.post("/soan", form(3)).headers["location"]
    browser.post("/soan", form(3))
    browser.get(taken)


def slowly(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice that takes its time, and jobs that end in every way."""
    go_on, chime = threading.Event(), MediaStore.chime

    def speak(store: MediaStore, text: str, *, watch: ProgressWatch = UNWATCHED, **more: Any) -> MadeSound:
        watch.at(40)
        while not go_on.wait(0.02):
            watch.check()
        return chime(store)

    with monkeypatch.context() as changed:
        changed.setattr(MediaStore, "speak", speak)
        changed.setattr(sounds, "PATIENCE_S", 0.0)
        part = browser.post("/soan/nghe", {"text": "Mời bà con đi họp"}, page="/soan", headers=HX).text
        browser.post("/soan/nghe", {"text": "Mời bà con đi họp"}, page="/soan")
        browser.post("/khan-cap/nghe", {"text": "Mời bà con đi họp"}, page="/khan-cap")
        listening = part.split("/tieng/")[1].split("/")[0]
        assert until(lambda: "40" in browser.get(f"/tieng/{listening}/manh").text)
        browser.post(f"/tieng/{listening}/huy", {}, page="/soan")
        with monkeypatch.context() as tired:
            tired.setattr(jobs, "LETTERS_OF_ONE", 5)
            browser.post("/soan/nghe", {"text": "Nước lên"}, page="/soan")
        browser.get("/tieng/khong-co/manh")
        browser.post("/tieng/khong-co/huy", {}, page="/soan")
        places = [browser.post("/soan", form(4 + number / 10)).headers.get("location") for number in range(6)]
        assert places[-1] is None
        for place in places[:2]:
            browser.get(place)
            browser.get(f"{place}/manh")
        browser.post(f"{places[0]}/huy", {}, page="/soan")
        browser.get(places[0])
        browser.get(f"/soan?tu={places[0].removeprefix('/ban-tin/')}")
        go_on.set()
        for place in places[1:-1]:
            job = world.office.jobs.of_message(place.removeprefix("/ban-tin/"))
            world.office.jobs.wait(job.id, 60)
    rows = JobRows(world.office.store, world.office.clock)
    for why in ("jobs-given-up", "jobs-broken"):
        kept = world.office.broadcasts.draft(
            "Mời bà con đi họp.",
            title="Họp thôn",
            targets=["loa-thon-1"],
            start=datetime.now(UTC) + timedelta(hours=9),
            by="van-thu",
        )
        job = rows.ask("send", kept.text, "van-thu", kept.id)
        rows.take()
        rows.told(job.id, 40)
        for seconds in (1, 40, 400):
            began = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
            world.office.store.db.execute("UPDATE jobs SET began_at = ? WHERE id = ?", [began, job.id])
            browser.get(f"/ban-tin/{kept.id}")
        rows.end(job.id, "failed", fault="broken", why=Sentence(why))
        browser.get(f"/ban-tin/{kept.id}")


def signed_or_not(browser: Any, world: Any, password: str) -> None:
    """What becomes of broadcasts and alarms, with and without a signer."""
    office = world.office
    place = browser.post("/soan", form(5)).headers["location"]
    sent = office.broadcasts.get(place.removeprefix("/ban-tin/"))
    browser.get(f"{place}/dung")
    browser.post(f"{place}/dung", {}, page="/soan")
    browser.get(place)
    browser.post(f"{place}/lay-lai", {}, page="/soan")
    alarm = {"text": "Nước lên.", "devices": ["loa-thon-1"], "repeat": "2", "minutes": "5"}
    browser.post("/khan-cap", {**alarm, "password": "sai"})
    browser.post("/khan-cap", {**alarm, "exercise": "1", "signal": "fire", "password": password})
    browser.get("/khan-cap")
    browser.get("/lich")
    for row in office.alarms.in_force():
        browser.post(f"/khan-cap/{row.order.id}/bao-yen", {}, page="/khan-cap")
    browser.post("/soan/nghe", form(exercise="1"), page="/soan")
    browser.get(browser.post("/soan", form(8, exercise="1")).headers["location"])
    browser.post("/soan", form(9, stream="https://dai.vn/a", minutes="30"), page="/soan")
    browser.post("/soan", form(9, stream="https://dai.vn/a", minutes="999"), page="/soan")
    browser.post("/khan-cap", {**alarm, "password": password, "text": " "})
    browser.post("/khan-cap", {**alarm, "password": password, "devices": []})
    browser.post("/khan-cap", {**alarm, "password": password, "devices": ["loa-khong-co"]})
    browser.post("/khan-cap", {**alarm, "password": password, "repeat": "x"})
    for headers in ({}, HX):
        browser.post("/khan-cap/nghe", alarm, page="/khan-cap", headers=headers)
    browser.post("/khan-cap", {**alarm, "password": password})
    for path in ("/khan-cap", "/khan-cap/manh", "/lich"):
        browser.get(path)
    order = office.alarms.in_force()[0].order
    world.stop_signer()
    browser.post(f"/khan-cap/{order.id}/bao-yen", {}, page="/khan-cap")
    browser.post("/khan-cap", {**alarm, "password": password})
    browser.post(f"{place}/dung", {}, page="/soan")
    browser.post("/loa/loa-a/phat-thu", {}, page="/tai-khoan")
    browser.get("/lich")
    waits = browser.post("/soan", form(7)).headers["location"]
    for path in ("/khan-cap", "/khan-cap/manh", "/lich", "/lich/manh", "/soan", place, f"{place}/manh", waits):
        browser.get(path)
    world.start_signer()
    office.speaker_orders.catch_up()
    gone = order.model_copy(update={"id": "u-gone", "expires": datetime.now(UTC)})
    office.store.db.execute(
        "INSERT INTO urgent_orders (id, body, by, issued, expires) VALUES (?, ?, 'van-thu', ?, ?)",
        [gone.id, gone.to_json().decode(), gone.issued.isoformat(), gone.expires.isoformat()],
    )
    for path in ("/lich", place, waits, "/khan-cap"):
        browser.get(path)
    assert sent.show.title == "Họp thôn"


def becoming(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What each loudspeaker says of a broadcast: before it, while it is on, after; and where it may not be played."""
    office = world.office
    ended = {
        "played": {},
        "cut": {"code": "power"},
        "missed": {"code": "clock", "final": False, "time_by_hand": True},
        "refused": {"code": "document"},
    }
    for hours, outcome in enumerate((*ended, "silent"), 10):
        one, two = world.reporter(f"loa-{outcome}"), world.reporter(f"loa-{outcome}-2")
        for reporter in (one, two):
            office.fleet.take_state(reporter.id, reporter.state())
        place = browser.post("/soan", form(hours, devices=[one.id, two.id])).headers["location"]
        occurrence = office.broadcasts.get(place.removeprefix("/ban-tin/").partition("?")[0]).planned
        planned, start = occurrence.id, occurrence.start.isoformat()
        browser.get(place)
        plan = office.documents.latest("plan")
        held = Held(kind="plan", issuer="office", epoch=0, version=plan.version, sha256=plan.sha256)
        office.fleet.take_state(one.id, one.state((held,)))
        browser.get(place)
        if outcome in ended:
            one.write(planned, outcome, **ended[outcome])
            office.fleet.take_receipts(one.id, one.batch())
        for ago in (timedelta(seconds=3), timedelta(hours=1)):
            begun = (datetime.now(UTC) - ago).isoformat(timespec="milliseconds")
            office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [begun, planned])
            browser.get(place)
        if outcome == "silent":
            office.fleet.take_state(two.id, two.state(playing=planned))
            browser.get(place)
        if outcome == "played":
            two.write(planned)
            office.fleet.take_receipts(two.id, two.batch())
            browser.get(place)
            for sure, finding in ((0.93, None), (0.0, "of-a-later-release"), *((0.0, one) for one in FINDINGS)):
                two.says(HeardReceipt(occurrence=planned, sure=sure, finding=finding))
                office.fleet.take_receipts(two.id, two.batch())
                browser.get(place)
                browser.get("/loa")
        if outcome != "silent":
            # The signer knows the id with this start, and signs it with no other.
            office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [start, planned])
    for standing in get_args(Standing):
        with monkeypatch.context() as changed:
            changed.setattr(Standings, "of", lambda *_, standing=standing: standing)
            browser.get(place)
            browser.get("/lich")
    browser.get(f"{place}/dung")
    browser.post(f"{place}/lay-lai", {}, page="/soan")
    office.store.db.execute("UPDATE messages SET by = 'nguoi-moi' WHERE id = ?", [place.removeprefix("/ban-tin/")])
    browser.get(f"{place}/dung")
    with monkeypatch.context() as changed:
        refused = SignerRefused(Sentence("broadcasting-too-soon"))
        changed.setattr(office.broadcasts, "withdraw", Mock(side_effect=refused))
        browser.post(f"{place}/dung", {}, page="/soan")


def confirming(come: Any, world: Any) -> None:
    """Somebody else is enrolled at the signer, then the clerk: what is asked for then, by a passkey and by digits."""
    office, key, hour = world.office, SoftwarePasskey(LOCAL), {"page": "/tai-khoan"}
    browser = come(LOCAL)
    browser.login()
    office.signer.as_root("list_anew", "lan")
    office.speaker_orders.enrolled_anew()
    for path in ("/tai-khoan", "/khan-cap"):
        browser.get(path)
    code = office.signer.as_root("invite", "van-thu").text
    browser.post("/tai-khoan/khoa", {"invitation": "sai", "passkey": "{}"}, **hour)

    def touch(path: str, page: str, **fields: Any) -> dict[str, Any]:
        asked = browser.post(f"{path}/thach", fields, page=page, headers=HX).text
        return {**fields, "passkey": key.touch(asked)}

    options = browser.post("/tai-khoan/khoa/thach", {"invitation": code}, headers=HX, **hour).text
    done = browser.post("/tai-khoan/khoa", {"invitation": code, "passkey": key.enrol(options)}, **hour)
    browser.get(done.headers["location"])
    page = browser.post("/soan", form(24 * 30)).headers["location"]
    browser.get(page)
    browser.post(f"{page}/xac-nhan", {"code": "000000"}, page=page)
    browser.post(f"{page}/xac-nhan", touch(f"{page}/xac-nhan", page), page=page)
    browser.post(f"{page}/dung", {}, page=f"{page}/dung")
    browser.post(f"{page}/dung", touch(f"{page}/dung", f"{page}/dung"), page=f"{page}/dung")
    browser.post("/khan-cap", touch("/khan-cap", "/khan-cap", text="Nước lên.", devices="*"))
    place = f"/khan-cap/{office.alarms.in_force()[0].order.id}/bao-yen"
    browser.get(place)
    browser.post(place, {}, page=place)
    browser.post(place, touch(place, place), page=place)
    approving(browser, world, touch)
    for person in ("lan", "van-thu"):
        office.signer.as_root("revoke", person)
    office.speaker_orders.enrolled_anew()


def approving(browser: Any, world: Any, touch: Callable[..., dict[str, Any]]) -> None:
    """What waits for a second person, as its author sees it and as somebody else does."""
    office = world.office
    browser.get("/duyet")
    office.signer.as_root("list_anew", "hoa", approves=True)
    # What the steps before this one changed behind the signer's back would keep every plan from being signed.
    office.signer.as_root("release")
    page = browser.post("/soan", form(24 * 30 + 3, devices="*")).headers["location"].partition("?")[0]
    browser.post(f"{page}/xac-nhan", touch(f"{page}/xac-nhan", page), page=page)
    id = page.removeprefix("/ban-tin/")
    for path in (page, "/duyet", "/lich"):
        browser.get(path)
    browser.post("/duyet", {"ban-tin": id, "code": "000000"}, page="/tai-khoan")
    office.store.db.execute("UPDATE messages SET by = 'nguoi-moi' WHERE id = ?", [id])
    browser.get("/duyet")
    browser.post("/duyet/thach", {"ban-tin": id}, page="/duyet", headers=HX)
    for asked in ({}, {"ban-tin": id}):
        browser.post("/duyet", asked)
    browser.post(f"{page}/dung", touch(f"{page}/dung", f"{page}/dung"), page=f"{page}/dung")
    browser.post("/duyet", {"ban-tin": id, "code": "000000"}, page="/tai-khoan")
    office.signer.as_root("revoke", "hoa")

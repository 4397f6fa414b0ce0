"""A clerk's year at the console, in a few minutes: every page, every form and its refusals, every state of things;
what is sent to loudspeakers is in `broadcast_walk`.

Each step takes a browser (`tests/office/web/conftest.py`), the office's world and what else it needs; what comes of
it is looked at by whoever listens to the browser's answers.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from langso.contract import ClockReport, HealthLine, Held
from langso.words.catalogue import Sentence
from office.desk.archive import Archived
from office.desk.months import month_of
from office.people import guesses
from office.web.security import DOOR

NAME = "ten-may.local"
HX = {"HX-Request": "true"}


class At:
    """An application behind one of the office's doors."""

    def __init__(self, app: ASGIApp, door: str) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[DOOR] = self._door
        await self._app(scope, receive, send)


def outside(come: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not logged in: refused logins, the guide at its doors, addresses that lead nowhere."""
    monkeypatch.setattr(guesses, "PAIR_TRIES", 3)
    stranger = come()
    stranger.get("/lich")
    stranger.get("/lich/manh", headers=HX)
    stranger.get("/lich", headers={"Host": "khong-co"})
    stranger.get("/dang-nhap")
    stranger.client.post("/dang-nhap", data={"name": "lan"})
    for name in ("lan", "lan", "lan", "lan", "!"):
        stranger.post("/dang-nhap", {"name": name, "password": "sai"})
    for agent in ("Android", "iPhone", "Windows", "Macintosh", "Linux", "Windows Firefox"):
        come().get("/cai-chung-thu", headers={"user-agent": agent})
    for path in ("", "/tin", "/langso.crt", "/langso.mobileconfig", "/ma.svg"):
        stranger.get(f"/cai-chung-thu{path}")
    guide = come()
    guide.client.app = At(guide.client.app, "guide")
    guide.client._transport.app = guide.client.app
    guide.get("/cai-chung-thu")
    guide.post_raw = guide.client.post("/dang-nhap", data={})
    device = come()
    device.client._transport.app = At(device.client.app, "device")
    device.get("/lich")
    come("http://ten-may.local", "192.168.1.20").get("/lich")
    for path in ("/khong-co", "/media/" + "0" * 64, "/media/x", "/static/x.css", "/static/console.css"):
        stranger.get(path)
        stranger.client.head(path)
    stranger.client.put("/dang-nhap")
    typed = {"text": "Nước lên.", "ai": "van-thu", "devices": "loa-thon-1"}
    stranger.client.post("/soan", data=typed)
    stranger.client.post("/khan-cap", data={**typed, "text": "a" * (300 << 10)})
    stranger.get("/phien/manh")


def doors(come: Any, world: Any) -> None:
    """What devices ask: refused uploads, a refused certificate."""
    kiosk = world.reporter("kiosk-1", "kiosk")
    manifest, cipher = world.sealed_dossier(kiosk)
    http = come().client
    tus = {"tus-resumable": "1.0.0"}
    told = {"upload-metadata": f"manifest {base64.b64encode(manifest).decode()}"}
    http.options("/desk/uploads")
    http.post("/desk/uploads", headers=told)
    http.post("/desk/uploads", headers=tus)
    http.post("/desk/uploads", headers={**tus, "upload-length": "7"})
    http.post("/desk/uploads", headers={**tus, **told, "upload-length": "7"})
    http.post("/desk/uploads", headers={**tus, "upload-length": "7", "upload-metadata": "manifest AAAA"})
    made = http.post("/desk/uploads", headers={**tus, **told, "upload-length": str(len(cipher))})
    place = made.headers["location"]
    octets = {**tus, "content-type": "application/offset+octet-stream"}
    http.head(place)
    http.head("/desk/uploads/khong-co")
    http.patch(place, headers=tus)
    http.patch(place, headers={**octets, "upload-offset": "9"}, content=b"x")
    http.patch("/desk/uploads/khong-co", headers={**octets, "upload-offset": "0"}, content=b"x")
    http.patch(place, headers={**octets, "upload-offset": "0"}, content=cipher)
    http.post("/devices/certificate", content=b"{}")


def empty_office(browser: Any) -> None:
    """Pages on the first day."""
    for path in ("/", "/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan", "/dang-nhap"):
        browser.get(path)


def fleet(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loudspeakers in every condition, and the orders that one may give them."""
    office = world.office
    plan = office.documents.latest("plan")
    held = (Held(kind="plan", issuer="office", epoch=0, version=plan.version, sha256=plan.sha256),)
    old = (held[0].model_copy(update={"version": plan.version - 1}),)
    clock = ClockReport(trusted=False, reason="unsynchronised", why="Chưa tin.", code="clock-not-set")
    for id, state in {
        "loa-a": {},
        "loa-b": {"muted": True},
        "loa-c": {"clock": clock},
        "loa-d": {"playing": "x"},
        "loa-hand": {"clock": ClockReport(trusted=True, reason="hand")},
        "loa-h": {"media_wanted": 3},
        "loa-i": {"clock": ClockReport(trusted=False, reason="unknown")},
        "loa-old": None,
        "loa-away": None,
        "loa-new": ...,
        "loa-twice": {},
        "kiosk-2": {},
    }.items():
        reporter = world.reporter(id, "kiosk" if id.startswith("kiosk") else "speaker")
        if state is None:
            office.fleet.take_state(id, reporter.state(old))
        elif state is not ...:
            office.fleet.take_state(id, reporter.state(held, **state))
        if id == "loa-twice":
            office.fleet.take_state(id, reporter.state(held, number=reporter.number, muted=True))
    long_ago = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    office.store.db.execute("UPDATE states SET received_at = ? WHERE device = 'loa-away'", [long_ago])
    broken = HealthLine(name="clock", level="bad", why="Chưa tin.", code="clock-not-set")
    for id in ("loa-e", "loa-f", "loa-g"):
        office.fleet.take_state(id, world.reporter(id).state(held, health=(broken,)))
    office.fleet.register("loa-ubnd", "speaker", "Thôn 2", None, world.reporter("loa-ubnd").key.public)
    office.home.media.mkdir(exist_ok=True)
    (office.home.media / ("0" * 64)).write_bytes(b"nobody needs it")
    office.sounds._counted = None
    for path in ("/loa", "/loa/manh", "/lich", "/soan", "/khan-cap"):
        browser.get(path)
    # The page tells of the worst four: each is shown alone.
    for row in office.fleet_rows():
        with monkeypatch.context() as changed:
            changed.setattr(office, "fleet_rows", lambda row=row: [row])
            browser.get("/loa")
    for order in ("phat-thu", "khoi-dong-lai", "da-xem"):
        browser.get(browser.post(f"/loa/loa-twice/{order}", {}, page="/tai-khoan").headers["location"])
        browser.post(f"/loa/khong-co/{order}", {}, page="/tai-khoan")


def papers(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers from kiosks, and what the archive says of them."""
    kiosk = world.reporter("kiosk-3", "kiosk")
    id = world.hand_in(kiosk, b"%PDF-1.7 x", "hs-9")
    for path in ("/giay-to", f"/giay-to/{id}/tep", "/giay-to", f"/giay-to/{id}/luu-tru"):
        browser.get(path)
    browser.get("/giay-to/khong-co/tep")
    browser.get("/giay-to/khong-co/luu-tru")
    page = f"/giay-to/{id}/luu-tru"
    for code in ("", "!", "H56.37.12-240801-0001"):
        browser.post(page, {"code": code})
    with monkeypatch.context() as changed:
        made = Archived("H56.37.12-240801-0001-001.pdf", b"%PDF", (1, 3))
        changed.setattr(world.office.archive, "make", lambda *_: made)
        changed.setattr(world.office.archive, "name", lambda _: made.name)
        browser.post(page, {"code": "H56.37.12-240801-0001"})


def sealed_papers(browser: Any, world: Any, come: Any, accounts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with the key of papers sealed: locked, opened, by whom it may be, and destroyed for good."""
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.passphrase_cipher import QUICK
    from office.desk.key import seal

    for place in ("langso.trust.roots.passphrase.suggest", "office.web.pages.papers.suggest"):
        monkeypatch.setattr(place, lambda: "thuyen gao mai")
    phrase = "bon con trau di cay ruong nuoc"
    id = world.hand_in(world.reporter("kiosk-4", "kiosk"), b"%PDF-1.7 y", "hs-10")
    seal(world.home, "van-thu", phrase, "thuyen gao mai nha vuon cau tre", SystemClock(), QUICK)
    for path in ("/giay-to", f"/giay-to/{id}/tep"):
        browser.get(path)
    browser.post("/giay-to/mo-khoa", {"passphrase": "sai"}, page="/giay-to")
    browser.post("/giay-to/mo-khoa", {"passphrase": phrase}, page="/giay-to")
    world.office.desk.key._failed = None
    browser.post("/giay-to/mo-khoa", {"passphrase": phrase}, page="/giay-to")
    browser.get("/giay-to")
    once = accounts.add("Người ba", None, ("desk",))
    other = come()
    other.login("nguoi-ba", once)
    good = "tám con ngỗng qua cầu"
    other.post("/tai-khoan", {"old": once, "new": good, "again": good})
    other.get("/giay-to")
    for new, again in (("ngắn", "ngắn"), (phrase, "khác"), (phrase, phrase)):
        other.post("/giay-to/cau-mat-khau", {"new": new, "again": again}, page="/giay-to")
    browser.get(f"/giay-to/{id}/tep")
    world.office.desk.destroy_month(month_of(world.office.desk.dossier(id).received), "van-thu")
    browser.get(f"/giay-to/{id}/tep")
    browser.post("/giay-to/khoa-lai", {}, page="/giay-to")
    accounts.add("Người tư", good, ("desk",))
    last = come()
    last.login("nguoi-tu", good)
    last.get("/giay-to")


def one_device(browser: Any, world: Any) -> None:
    """A loudspeaker that is well, and one that has nothing to play; a kiosk."""
    world.reporter("kiosk-9", "kiosk")
    browser.get("/loa/kiosk-9")
    for action in ("phat-thu", "khoi-dong-lai"):
        place = browser.post(f"/loa/loa-thon-1/{action}", {"ve": "1"}, page="/loa/loa-thon-1").headers["location"]
        browser.get(place)
    for volume in ("40", "500"):
        there = browser.post("/loa/loa-thon-1/am-luong", {"volume": volume}, page="/loa/loa-thon-1")
        browser.get(there.headers.get("location", "/loa/loa-thon-1"))
        browser.post("/loa/loa-thon-1/am-luong/thach", {"volume": volume}, page="/loa/loa-thon-1", headers=HX)
    able = world.reporter("loa-noi")
    world.office.fleet.take_state(able.id, able.state(understands=("talk",)))
    there = f"/loa/{able.id}"
    for minutes in ({"day": "500"}, {"day": "5", "month": "50"}):
        browser.post(f"{there}/phim-noi", minutes, page=there)
        browser.post(f"{there}/phim-noi/thach", minutes, page=there)
        browser.get(f"{there}?xong=noi")
    now = datetime.now(UTC).isoformat()
    for id, outcome in (("talk-a", None), ("talk-b", "played")):
        world.office.store.db.execute(
            "INSERT INTO plays (occurrence, device, title, planned, started_at, outcome, code, heard_ms, why, kind)"
            " VALUES (?, ?, '', ?, ?, ?, 'released', 61000, '', 'talk')",
            [id, able.id, now, now, outcome],
        )
    browser.get(there)
    world.office.fleet.register("loa-le", "speaker", "Thôn 1", None, bytes(range(32)))
    browser.post("/loa/loa-le/phim-noi", {}, page="/tai-khoan")
    browser.post(f"{there}/phim-noi/rut", {}, page=there)
    browser.get(f"{there}?xong=thoi-noi")
    world.reporter("loa-la")
    browser.get("/loa/loa-la")


def accounts_of(browser: Any, come: Any, accounts: Any, password: str) -> None:
    """Passwords, sessions, and who may not."""
    browser.post("/tai-khoan", {"old": "x" * 1001, "new": "a", "again": "a"})
    again = come()
    typed = {"giu-trang": "/soan", "giu-ai": "van-thu", "giu.text": "Nước lên."}
    for page in ("/soan", "/khan-cap"):
        typed["giu-trang"] = page
        again.post("/dang-nhap", {**typed, "name": "van-thu", "password": password})
        again.get(f"{page}?giu=1")
        again.post("/dang-xuat", {}, page="/tai-khoan")
    good = "ba con vịt lội ao sâu"
    for old, new, again in (
        ("sai", good, good),
        (password, good, "khác"),
        (password, "ngắn", "ngắn"),
        (password, "12345678", "12345678"),
        (password, password, password),
        (password, "x" * 300, "x" * 300),
        (password, "Hoa Sơn 2026", "Hoa Sơn 2026"),
    ):
        browser.post("/tai-khoan", {"old": old, "new": new, "again": again})
    once = accounts.add("Người mới", None, ("desk",))
    new = come()
    new.login("nguoi-moi", once)
    new.get("/tai-khoan")
    new.post("/tai-khoan", {"old": once, "new": good, "again": good})
    for path in ("/lich", "/giay-to", "/khan-cap", "/soan", "/tai-khoan"):
        new.get(path)
    new.post("/loa/loa-a/khoi-dong-lai", {}, page="/tai-khoan")
    new.get("/loa/loa-a")
    again = come()
    again.login("nguoi-moi", good)
    page = again.get("/tai-khoan").text
    other = re.findall(r'name="session" value="([^"]+)"', page)[0]
    accounts._store.db.execute("UPDATE sessions SET address = '' WHERE token_sha256 = ?", [other])
    again.get("/tai-khoan")
    again.post("/tai-khoan/ket-thuc", {"session": other}, page="/tai-khoan")
    again.post("/dang-xuat", {}, page="/tai-khoan")
    changed = browser.post("/tai-khoan", {"old": password, "new": good, "again": good})
    browser.get(changed.headers["location"])


def troubles(browser: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that is away, a door that is closed, a page that breaks."""
    office = world.office
    for status in (
        SimpleNamespace(connected=False, why="", trouble=""),
        SimpleNamespace(connected=False, why=Sentence("shows-connecting"), trouble=""),
        SimpleNamespace(connected=True, why="", trouble=Sentence("publishing-signer-busy")),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(office, "publisher", SimpleNamespace(status=status, wake=lambda: None, stop=lambda: None))
            for path in ("/lich", "/khan-cap", "/loa"):
                browser.get(path)
    with monkeypatch.context() as changed:
        at = {"port": 443, "host": NAME, "setting": "https_port"}
        why = Sentence("os-no-space")
        closed = (
            Sentence("doors-port-low", **at),
            Sentence("doors-port-taken", **at),
            Sentence("doors-port-closed", why=why, **at),
            Sentence("doors-address-unknown", host=NAME, setting="lan_host"),
            Sentence("doors-certificate-unusable", why=why),
        )
        changed.setattr(office, "door_troubles", lambda: closed)
        browser.get("/tai-khoan")
        changed.setattr(office, "fleet_rows", lambda: 1 // 0)
        browser.get("/loa")
    own = office.settings
    for https, more in (("proxy", {}), ("own", {"http_port": 0})):
        office.settings = own.model_copy(update={"office": own.office.model_copy(update={"https": https, **more})})
        for path in ("", "/langso.crt", "/ma.svg"):
            browser.get(f"/cai-chung-thu{path}")
    office.settings = own

"""Pictures of every page with sample data, for people to look at: `python tests/office/web/shots.py [FOLDER]`."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langso.contract import ClockReport, Held
from langso.settings.model import (
    CommuneSettings,
    DeviceSettings,
    OfficeSettings,
    PathSettings,
    Settings,
    SignerSettings,
)
from langso.trust import SigningKey
from office.broadcasting.jobs import JobRows
from office.founding.console_ca import ensure_console_certificate
from office.people.accounts import Accounts
from office.people.roles import ROLES
from office.places import OfficeHome
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.web.app import make_app
from office.whole_office import Office

PORT = 8398
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SIZES = {"wide": (1360, 860), "phone": (390, 844)}
PLACES = (
    ("loa-ubnd", "speaker", "Cụm UBND xã", None),
    ("loa-thon-1a", "speaker", "Thôn 1 – đầu làng", "thon-1"),
    ("loa-thon-1b", "speaker", "Thôn 1 – chợ", "thon-1"),
    ("loa-thon-2", "speaker", "Thôn 2 – nhà văn hóa", "thon-2"),
    ("kiosk-thon-2", "kiosk", "Kiosk nhà văn hóa thôn 2", "thon-2"),
    ("loa-thon-4", "speaker", "Thôn 4 – bản Mông", "thon-4"),
    ("loa-thon-7", "speaker", "Thôn 7 – ngã ba suối", "thon-7"),
)
TEXT = (
    "Thú y xã tiêm phòng bệnh tụ huyết trùng cho trâu, bò từ 7h00 ngày 25/11/2026 tại sân nhà văn hóa"
    " thôn 1 và thôn 2. Bà con dắt trâu, bò đến đúng giờ, mang theo sổ. UBND xã thông báo để bà con biết."
)


class LoggedIn:
    """Adds a cookie to every request, and lets a page stand in a frame as narrow as a phone."""

    def __init__(self, app: ASGIApp, cookies: dict[str, str]) -> None:
        self._app = app
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == "/frame":
            to, _, width = scope["query_string"].decode().partition("&")
            body = f"<body style='margin:0'><iframe src='{to}' style='border:0;width:{width}px;height:844px'>"
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            await send({"type": "http.response.body", "body": body.encode()})
            return
        token = self._cookies.get("none" if scope["path"] == "/dang-nhap" else "use", "")
        if token:
            scope["headers"] = [*scope["headers"], (b"cookie", f"langso={token}".encode())]

        if scope["path"] == "/filled":
            # A form as a browser without scripts posts it.
            body = self._cookies["form"].encode()
            kind = (b"content-type", b"application/x-www-form-urlencoded")
            scope = {**scope, "method": "POST", "path": "/soan/nghe", "raw_path": b"/soan/nghe"}
            scope["headers"] = [*scope["headers"], kind]

            async def receive() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

        async def framed(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message["headers"] if n not in (b"x-frame-options",)]  # type: ignore[attr-defined]
                message["headers"] = [
                    (n, v.replace(b"frame-ancestors 'none'", b"frame-ancestors 'self'")) for n, v in kept
                ]
            await send(message)

        await self._app(scope, receive, framed)  # type: ignore[arg-type]


def main(folder: Path) -> None:
    """All pages, both sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="langso-shots-") as place:
        root = Path(place)
        settings = Settings(
            commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
            device=DeviceSettings(id="van-phong", role="office"),
            office=OfficeSettings(port=PORT, https="own", names="ten-may.local"),
            signer=SignerSettings(socket=root / "signer.sock"),
            paths=PathSettings(state=root / "state", run=root / "run"),
        )
        sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
        from founded import initialise

        initialise(settings, [SigningKey.generate()], None, datetime.now(UTC))
        stop, ready = threading.Event(), threading.Event()
        server = SignerServer(settings.signer.socket, lambda: Signing(OfficeHome(settings), _clock()))
        signer = threading.Thread(target=server.run, args=(stop, ready), daemon=True)
        signer.start()
        ready.wait(60)
        ensure_console_certificate(OfficeHome(settings), datetime.now(UTC))
        with Office(settings) as console:
            cookies: dict[str, str] = {}
            app = LoggedIn(make_app(console), cookies)
            web = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="warning"))
            threading.Thread(target=web.run, daemon=True).start()
            accounts = Accounts(console.store, console.clock, settings.office)
            accounts.add("Văn thư xã", "bốn con trâu đi cày")
            opened = accounts.login("Văn thư xã", "bốn con trâu đi cày", "127.0.0.1")
            accounts.login("Văn thư xã", "bốn con trâu đi cày", "192.168.1.20")
            while not web.started:
                time.sleep(0.1)
            shoot(folder, "dang-nhap", "/dang-nhap")
            cookies["use"] = opened.token
            shoot(folder, "lich-empty", "/lich")
            pages = fill(console)
            for name, path in pages.items():
                shoot(folder, name, path)
            typed = {
                "token": opened.session.csrf,
                "title": "Lịch tiêm phòng cho trâu, bò",
                "text": TEXT,
                "devices": ["loa-thon-1a", "loa-thon-2"],
                "date": "2026-11-25",
                "time": "17:00",
                "broadcast_class": "priority",
            }
            cookies["form"] = urlencode(typed, doseq=True)
            shoot(folder, "soan-filled", "/filled")
            for name, path in on_their_way(console).items():
                shoot(folder, name, path)
            accounts.add("Chủ tịch")
            accounts.give("Văn thư xã", ("desk",), "kỹ thuật")
            for name, path in {"lich-desk": "/lich", "khan-cap-desk": "/khan-cap", "loi-desk": "/soan"}.items():
                shoot(folder, name, path)
            accounts.give("Văn thư xã", ROLES, "kỹ thuật")
            order = console.broadcasts.urgent(
                "Lũ quét. Bà con khu suối đi lên nhà văn hóa ngay.",
                targets=["loa-thon-7", "loa-thon-4"],
                by="van-thu-xa",
            )
            shoot(folder, "khan-cap-now", "/khan-cap")
            shoot(folder, "lich-urgent", "/lich")
            stop.set()
            signer.join()
            waiting = console.broadcasts.draft(
                TEXT,
                title="Lịch nước sạch",
                targets=["*"],
                start=datetime.now(UTC) + timedelta(hours=9),
                by="van-thu-xa",
            )
            console.broadcasts.prepare(waiting.id)
            console.broadcasts.send(waiting.id, "van-thu-xa")
            console.broadcasts.all_clear(order.id, "van-thu-xa")
            for name, path in {
                "ban-tin-unsigned": f"/ban-tin/{waiting.id}",
                "lich-unsigned": "/lich",
                "soan-unsigned": "/soan",
                "khan-cap-unsigned": "/khan-cap",
                "cai-chung-thu": "/cai-chung-thu",
            }.items():
                shoot(folder, name, path)
            web.should_exit = True


def fill(console: Office) -> dict[str, str]:
    """Devices in all conditions, broadcasts past and to come; the pages worth a picture."""
    Reporter = _reporter()
    devices = {}
    for id, role, place, village in PLACES:
        device = Reporter(id, role)
        console.fleet.register(id, role, place, village, device.key.public)  # type: ignore[arg-type]
        devices[id] = device
    now = datetime.now(UTC)
    speakers = [id for id, role, *_ in PLACES if role == "speaker"]
    past = console.broadcasts.draft(
        "Bản tin sáng của xã.",
        title="Tin sáng + VOV",
        targets=["*"],
        start=now + timedelta(seconds=25),
        by="van-thu-xa",
    )
    console.broadcasts.prepare(past.id)
    console.broadcasts.send(past.id, "van-thu-xa")
    vaccine = ""
    for hours, title, targets, kind in (
        (2, "Lịch tiêm phòng trâu, bò", speakers[1:4], "priority"),
        (5, "Họp thôn 19:30", ["loa-thon-7"], "normal"),
        (26, "Lịch cắt điện Chủ nhật", ["loa-thon-2"], "priority"),
        (50, "Phòng rét cho gia súc", ["*"], "normal"),
    ):
        made = console.broadcasts.draft(
            TEXT,
            title=title,
            targets=targets,
            start=now + timedelta(hours=hours),
            by="van-thu-xa",
            broadcast_class=kind,
        )
        console.broadcasts.prepare(made.id)
        console.broadcasts.send(made.id, "van-thu-xa")
        vaccine = vaccine or made.id
    console.broadcasts.withdraw(made.id, "van-thu-xa")
    plan = console.documents.latest("plan")
    assert plan is not None
    for id, device in devices.items():
        held = Held(
            kind="plan", issuer="office", epoch=0, version=plan.version - (id == "loa-thon-4"), sha256=plan.sha256
        )
        if id != "loa-thon-7":
            clock = (
                {}
                if id != "loa-thon-4"
                else {
                    "clock": ClockReport(
                        trusted=False, reason="unsynchronised", why="Đồng hồ chưa được chỉnh từ khi bật máy."
                    )
                }
            )
            console.fleet.take_state(id, device.state((held,), **clock))
        if id in speakers and id != "loa-thon-7":
            device.write(past.planned.id, "played" if id != "loa-thon-4" else "cut")
            console.fleet.take_receipts(id, device.batch())
    clone = devices["loa-thon-1b"]
    console.fleet.take_state("loa-thon-1b", clone.state((held,), number=clone.number, muted=True))
    time.sleep(30)
    for number, title in enumerate(("Giấy khai sinh", "Sổ đỏ", "Đơn xin xác nhận tạm trú"), 1):
        console.store.db.execute(
            "INSERT INTO dossiers (id, device, dossier, title, procedure, pages, size, sha256, plain_sha256, made,"
            " received_at, opened_at) VALUES (?, 'kiosk-thon-2', ?, ?, ?, ?, 1000, '', '', ?, ?, ?)",
            [
                f"d{number}",
                f"84120{number}77",
                title,
                "1.001193" if number == 1 else "",
                number,
                now.isoformat(),
                now.isoformat(),
                now.isoformat() if number == 2 else None,
            ],
        )
    return {
        "lich": "/lich",
        "soan": "/soan",
        "ban-tin": f"/ban-tin/{vaccine}",
        "ban-tin-past": f"/ban-tin/{past.id}",
        "loa": "/loa",
        "giay-to": "/giay-to",
        "luu-tru": "/giay-to/d1/luu-tru",
        "khan-cap": "/khan-cap",
        "tai-khoan": "/tai-khoan",
        "loi": "/khong-co",
    }


def on_their_way(console: Office) -> dict[str, str]:
    """Broadcasts whose sound is being made, failed, was cancelled."""
    jobs = JobRows(console.store, console.clock)
    pages = {}
    for name in ("working", "failed", "cancelled"):
        draft = console.broadcasts.draft(
            TEXT,
            title="Lịch tiêm phòng trâu, bò",
            targets=["*"],
            start=datetime.now(UTC) + timedelta(hours=3),
            by="van-thu-xa",
        )
        job = jobs.ask("send", draft.text, "van-thu-xa", draft.id)
        jobs.take()
        jobs.told(job.id, 63)
        if name == "failed":
            why = "Trùng giờ với «Họp thôn 19:30» lúc 19:30 hôm nay; giờ trống gần nhất là 19:42 hôm nay."
            jobs.end(job.id, "failed", fault="refused", why=why)
        elif name == "cancelled":
            jobs.cancel(job.id)
        pages[f"ban-tin-{name}"] = f"/ban-tin/{draft.id}"
        pages["soan-again"] = f"/soan?tu={draft.id}"
    return pages


def shoot(folder: Path, name: str, path: str) -> None:
    """One page in both sizes."""
    for size, (width, height) in SIZES.items():
        address = f"http://127.0.0.1:{PORT}{path}"
        if size == "phone":
            # Chromium's window is never narrower than about 500, a frame may be.
            address, width = f"http://127.0.0.1:{PORT}/frame?{path}&{width}", 500
        with tempfile.TemporaryDirectory(prefix="langso-chromium-") as profile:
            target = folder / f"{name}-{size}.png"
            subprocess.run(
                [
                    shutil.which("chromium") or "chromium",
                    *FLAGS,
                    f"--user-data-dir={profile}",
                    f"--window-size={width},{height}",
                    f"--screenshot={target}",
                    "--virtual-time-budget=1500",
                    address,
                ],
                check=True,
                capture_output=True,
                timeout=60,
            )
        print(target)


def _clock() -> object:
    from langso.timekeeping.clock import SystemClock

    return SystemClock()


def _reporter() -> type:
    spec = importlib.util.spec_from_file_location("office_conftest", Path(__file__).parents[1] / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["office_conftest"] = module
    spec.loader.exec_module(module)
    return module.Reporter  # type: ignore[no-any-return]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/shots"))

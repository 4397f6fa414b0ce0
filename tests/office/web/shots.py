"""Pictures of every page with sample data, for people to look at: `shots.py [FOLDER [LANGUAGE]]`.

LANGUAGE is vi, en or qps.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[2] / "shared"))
from filled_office import DESK_PHRASE, TEXT, fill, on_their_way, seal_desk, sent, to_approve, to_confirm
from founded import initialise
from real_browser import launched
from waiting import until

from langso.settings.model import (
    CommuneSettings,
    DeviceSettings,
    OfficeSettings,
    PathSettings,
    Settings,
    SignerSettings,
)
from langso.trust import SigningKey
from langso.words.language import Language, known_language, use_language
from office.founding.console_ca import ensure_console_certificate
from office.people.accounts import Accounts
from office.people.roles import ROLES
from office.web.app import make_app
from office.web.security import COOKIE_PLAIN
from office.whole_office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

PORT = 8398
SIZES = {"wide": (1360, 768), "phone": (360, 800)}
NAME, PASSWORD = "Văn thư xã", "bốn con trâu đi cày"


class Album:
    """A window of each size at the console; its pictures are left in `folder`."""

    def __init__(self, folder: Path, browser: Browser, tongue: str) -> None:
        self._folder = folder
        self._contexts = {
            size: browser.new_context(
                viewport={"width": width, "height": height},
                base_url=f"http://127.0.0.1:{PORT}",
                extra_http_headers={"Accept-Language": tongue},
            )
            for size, (width, height) in SIZES.items()
        }

    def log_in(self, token: str) -> None:
        """From here on, windows are those of this session."""
        for context in self._contexts.values():
            context.add_cookies([{"name": COOKIE_PLAIN, "value": token, "url": f"http://127.0.0.1:{PORT}"}])

    def shoot(self, name: str, path: str, form: str = "") -> None:
        """One page in both sizes; with a form, as a browser without scripts posts it."""

        def post(route: Route) -> None:
            headers = {**route.request.headers, "content-type": "application/x-www-form-urlencoded"}
            route.continue_(method="POST", headers=headers, post_data=form)

        for size, context in self._contexts.items():
            page = context.new_page()
            if form:
                page.route(f"**{path}", post, times=1)
            page.goto(path, wait_until="networkidle")
            target = self._folder / f"{name}-{size}.png"
            page.screenshot(path=target, animations="disabled")
            page.close()
            print(target)

    def shoot_all(self, pages: dict[str, str]) -> None:
        """Each page, by name."""
        for name, path in pages.items():
            self.shoot(name, path)


def main(folder: Path, tongue: Language) -> None:
    """All pages, both sizes."""
    use_language(tongue)
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
        roots = [SigningKey.generate()]
        initialise(settings, roots, None, datetime.now(UTC))
        world = _office_conftest().OfficeWorld(settings, roots)
        world.start_signer()
        ensure_console_certificate(world.home, datetime.now(UTC))
        with Office(settings) as office, launched() as chromium:
            world.office = office
            web = uvicorn.Server(uvicorn.Config(make_app(office), host="127.0.0.1", port=PORT, log_level="warning"))
            serving = threading.Thread(target=web.run, daemon=True)
            serving.start()
            until(lambda: web.started)
            with chromium.awake() as browser:
                _album(Album(folder, browser, tongue), world)
            web.should_exit = True
            serving.join()


def _album(album: Album, world: Any) -> None:
    office = world.office
    accounts = Accounts(office.store, office.clock, office.settings.office)
    accounts.add(NAME, PASSWORD)
    opened = accounts.login(NAME, PASSWORD, "127.0.0.1")
    accounts.login(NAME, PASSWORD, "192.168.1.20")
    album.shoot("dang-nhap", "/dang-nhap")
    album.log_in(opened.token)
    album.shoot("lich-empty", "/lich")
    album.shoot_all(fill(office, world.reporter))
    typed = {
        "token": opened.session.csrf,
        "title": "Lịch tiêm phòng cho trâu, bò",
        "text": TEXT,
        "devices": ["loa-thon-1a", "loa-thon-2"],
        "date": "2026-11-25",
        "time": "17:00",
        "broadcast_class": "priority",
    }
    form = urlencode(typed, doseq=True)
    album.shoot("soan-filled", "/soan/nghe", form)
    office.jobs.wait(office.jobs.ask("listen", TEXT, opened.session.login).id, 60)
    album.shoot("soan-heard", "/soan/nghe", form)
    album.shoot_all(on_their_way(office))
    accounts.add("Chủ tịch")
    accounts.give(NAME, ("desk",), "kỹ thuật")
    album.shoot_all({"lich-desk": "/lich", "khan-cap-desk": "/khan-cap", "loi-desk": "/soan"})
    accounts.give(NAME, ROLES, "kỹ thuật")
    order = office.alarms.urgent(
        "Lũ quét. Bà con khu suối đi lên nhà văn hóa ngay.",
        targets=["loa-thon-7", "loa-thon-4"],
        by="van-thu-xa",
    )
    album.shoot_all({"khan-cap-now": "/khan-cap", "lich-urgent": "/lich"})
    world.stop_signer()
    waiting = sent(office, "Lịch nước sạch", datetime.now(UTC) + timedelta(hours=9))
    office.alarms.all_clear(order.id, "van-thu-xa")
    album.shoot_all(
        {
            "ban-tin-unsigned": f"/ban-tin/{waiting.id}",
            "lich-unsigned": "/lich",
            "soan-unsigned": "/soan",
            "khan-cap-unsigned": "/khan-cap",
            "cai-chung-thu": "/cai-chung-thu",
        }
    )
    world.start_signer()
    album.shoot_all(to_confirm(office))
    accounts.add("Người ba", PASSWORD)
    album.log_in(accounts.login("Người ba", PASSWORD, "127.0.0.1").token)
    album.shoot_all({"khan-cap-not-enrolled": "/khan-cap", **seal_desk(office)})
    album.log_in(opened.token)
    album.shoot_all({"giay-to-own": "/giay-to"})
    office.desk.key.unlock("van-thu-xa", DESK_PHRASE)
    album.shoot_all({"giay-to-open": "/giay-to"})
    album.shoot_all(to_approve(office))
    over = {key: typed[key] for key in ("title", "text", "devices")} | {"ai": "van-thu-xa"}
    album.log_in("")
    album.shoot("dang-nhap-over", "/soan", urlencode(over, doseq=True))


def _office_conftest() -> Any:
    spec = importlib.util.spec_from_file_location("office_conftest", Path(__file__).parents[1] / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["office_conftest"] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/shots"), known_language("".join(sys.argv[2:3])) or "vi")

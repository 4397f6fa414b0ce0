"""No page is wider than a small phone: Chromium lays each out 360 pixels wide and says how wide it became."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from langso.settings import assets
from office.founding.console_ca import Fingerprint
from office.people.accounts import Accounts
from office.web.pages.certificate_guide import InstallGuide
from office.web.site import Site

CHROMIUM = shutil.which("chromium")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
PHONE = 360
PATHS = ("/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan", "/khong-co")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.skipif(not (assets.folder() / "node_modules").is_dir(), reason="assets not fetched"),
]

# One frame a page; when all are there, what sticks out of each is told in the title.
_FRAMES = """<body>{frames}<script>
onload = () => {{
  const told = {{}};
  for (const frame of document.querySelectorAll("iframe")) {{
    const root = frame.contentDocument.documentElement;
    const out = [...root.querySelectorAll("a, button, input, textarea, p, h1, h2, b, span, img, section")].filter(
      one => !one.closest(".scroll") && one.getBoundingClientRect().right > {wide} + 0.5);
    told[frame.name] = [root.scrollWidth, ...out.map(one => one.textContent.trim() || one.tagName)];
  }}
  document.title = JSON.stringify(told);
}};</script>"""


class Shelf:
    """Serves pages that were made before, and for all else asks the console: styles, fonts."""

    def __init__(self, made: dict[str, str], console: Callable[[str], httpx.Response]) -> None:
        at_once = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = made.get(self.path)
                kind, body = "text/html; charset=utf-8", (page or "").encode()
                if page is None:
                    with at_once:
                        answer = console(self.path)
                    kind, body = answer.headers["content-type"], answer.content
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A browser that hangs up in the middle is none."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def widths(browser: Any, tmp_path: Path) -> Iterator[Callable[[dict[str, str]], dict[str, list[Any]]]]:
    """Of each page: how wide it became in a phone's frame, then the words of what sticks out."""
    shelves: list[Shelf] = []

    def measure(made: dict[str, str]) -> dict[str, list[Any]]:
        names = {f"/page{number}": name for number, name in enumerate(made)}
        frames = "".join(
            f'<iframe name="{path}" src="{path}" style="border:0;width:{PHONE}px;height:800px"></iframe>'
            for path in names
        )
        all_of_them = {path: made[name] for path, name in names.items()}
        all_of_them["/all"] = _FRAMES.format(frames=frames, wide=PHONE)
        shelves.append(Shelf(all_of_them, browser.get))
        assert CHROMIUM is not None
        options = (f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--dump-dom")
        command = [CHROMIUM, *FLAGS, *options, f"{shelves[-1].address}/all"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
        title = re.search("<title>(.*?)</title>", done.stdout, re.DOTALL)
        assert title is not None, done.stderr[-2000:]
        return {names[path]: told for path, told in json.loads(html.unescape(title[1])).items()}

    yield measure
    for shelf in shelves:
        shelf.close()


def test_what_is_too_wide_is_seen(widths: Callable[..., dict[str, list[Any]]]) -> None:
    told = widths({"wide": "<p style='width:500px'>quá rộng</p>", "narrow": "<p>vừa</p>"})
    assert told["narrow"] == [PHONE]
    assert told["wide"][1:] == ["quá rộng"]


def test_no_page_is_wider_than_a_small_phone(
    browser: Any,
    new_browser: Callable[[], Any],
    accounts: Accounts,
    office_world: Any,
    widths: Callable[..., dict[str, list[Any]]],
) -> None:
    device = office_world.reporter("loa-thon-1")
    office_world.console.fleet.take_state("loa-thon-1", device.state())
    made = {path: browser.get(path).text for path in PATHS}
    made["/dang-nhap"] = new_browser().post("/dang-nhap", {"name": "van-thu", "password": "sai"}).text
    site = Site(office_world.console, accounts)
    for own in (True, False):
        guide = InstallGuide(
            own=own,
            url="https://van-phong-xa-hoa-son.local",
            onward="https://van-phong-xa-hoa-son.local/lich",
            to_scan="http://van-phong-xa-hoa-son.local/cai-chung-thu",
            system="android",
            firefox=False,
            print=Fingerprint(sha256="AB" * 32, sha1="CD" * 20) if own else None,
        )
        made[f"guide, own {own}"] = bytes(site.page("cai-chung-thu.html", None, guide=guide).body).decode()
    for name, told in widths(made).items():
        assert told == [PHONE], name

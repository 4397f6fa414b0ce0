"""Prints how many requests a second the console answers: pages and fragments beside a bare page of the same server.

Run it: `.venv/bin/python tests/office/web/bench_console.py [SECONDS]`. The bare page has login, frame and menu, and
nothing in it. Every round asks for each page in turn, so that a busy machine slows all alike. "news": two
loudspeakers report each second, and a receipt arrives, as in a commune with 102 of them.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests/shared"), str(ROOT)]
PASSWORD = "bốn con trâu đi cày"
BARE = "/trong"
ROUNDS = 5


def serve(folder: Path, broker: int = 0) -> None:
    """An office full of a year's work at a free port; prints the port and the path of one broadcast. `broker`: the
    port of one on this machine.
    """
    import founded
    from large_commune import populate
    from office_doors import free_ports

    from langso.settings.model import (
        CommuneSettings,
        DeviceSettings,
        LinkSettings,
        OfficeSettings,
        PathSettings,
        Settings,
        SignerSettings,
    )
    from langso.timekeeping.clock import SystemClock
    from langso.trust import SigningKey
    from office.people.accounts import Accounts
    from office.places import OfficeHome
    from office.signer.server import SignerServer
    from office.signer.signing import Signing
    from office.web.app import make_app
    from office.web.permits import require
    from office.web.serving import Serving
    from office.web.site import site_of
    from office.whole_office import Office

    (port,) = free_ports(1)
    settings = Settings(
        commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
        device=DeviceSettings(id="van-phong", role="office"),
        office=OfficeSettings(port=port),
        link=LinkSettings(host="127.0.0.1", port=broker or 8883),
        signer=SignerSettings(socket=folder / "signer.sock"),
        paths=PathSettings(state=folder / "state", run=folder / "run"),
    )
    now = datetime.now(UTC)
    founded.initialise(settings, [SigningKey.generate()], None, now)
    ready = threading.Event()
    signer = SignerServer(settings.signer.socket, lambda: Signing(OfficeHome(settings), SystemClock()))
    threading.Thread(target=signer.run, args=(threading.Event(), ready), daemon=True).start()
    ready.wait(60)
    office = Office(settings)
    ids = populate(office, now)
    office.speaker_orders.sign("plan")
    if broker:
        office.start_publisher()
    accounts = Accounts(office.store, office.clock, settings.office)
    accounts.add("Văn thư", PASSWORD)
    app = make_app(office, accounts)

    @app.get(BARE, dependencies=[require()])
    def bare(request: Any) -> Any:
        site = site_of(request)
        return site.page(
            "lich.html", site.accounts.session(request.cookies.get("langso")), on="lich", part="", today=""
        )

    bare.__annotations__["request"] = __import__("fastapi").Request
    app.router.routes.pop()
    app.get(BARE, dependencies=[require()])(bare)
    serving = Serving(office.home, app, office.clock, passed={})
    news = threading.Event()
    threading.Thread(target=_report, args=(office, ids, news), daemon=True).start()

    def listen() -> None:
        for _ in sys.stdin:
            news.set()

    threading.Thread(target=listen, daemon=True).start()
    message = office.broadcasts.newest(100)[60]
    print(port, message.id, flush=True)
    serving.run()


def _report(office: Any, ids: list[str], news: threading.Event) -> None:
    """What arrives while one works: states' times, and now and then a receipt."""
    news.wait()
    number = 0
    while True:
        now = datetime.now(UTC).isoformat()
        for id in (ids[number % len(ids)], ids[(number + 50) % len(ids)]):
            with office.store.transaction() as db:
                db.execute("UPDATE states SET received_at = ?, number = number + 1 WHERE device = ?", [now, id])
        with office.store.transaction() as db:
            db.execute("UPDATE plays SET heard_ms = heard_ms + 1 WHERE rowid = (SELECT max(rowid) FROM plays)")
        number += 1
        time.sleep(1)


class Asking:
    """One browser with its connection."""

    def __init__(self, port: int) -> None:
        from office.web.security import login_token

        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}
        self.ask("/dang-nhap")
        visit = next(value for name, value in self._cookies.items() if name.endswith("-visit"))
        from urllib.parse import urlencode

        form = urlencode({"token": login_token(visit), "name": "van-thu", "password": PASSWORD})
        status, _ = self.ask("/dang-nhap", form)
        assert status == 303, status

    def ask(self, path: str, form: str | None = None) -> tuple[int, int]:
        """(status, bytes on the wire)."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers["Accept-Encoding"] = "gzip"
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request("GET" if form is None else "POST", path, form, headers)
        answer = self._line.getresponse()
        body = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                pair = value.split(";")[0].split("=", 1)
                self._cookies[pair[0]] = pair[1]
        self.body = body
        return answer.status, len(body)


@dataclass
class Measured:
    """Requests for one path in all rounds. `worked`: seconds of processor that the server took for them."""

    many: int = 0
    took: float = 0.0
    worked: float = 0.0
    status: int = 0
    size: int = 0

    def go_on(self, asking: Asking, server: int, path: str, seconds: float) -> None:
        """Asks for so long."""
        begin, before = time.monotonic(), _worked(server)
        while time.monotonic() - begin < seconds:
            self.status, self.size = asking.ask(path)
            self.many += 1
        self.took += time.monotonic() - begin
        self.worked += _worked(server) - before


def _worked(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measures and prints a table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        command = [sys.executable, __file__, "serve", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                assert server.stdin is not None
                port, message = server.stdout.readline().split()
                asking = Asking(int(port))
                _table(asking, server.pid, message, seconds, "quiet")
                print("news", file=server.stdin, flush=True)
                _table(asking, server.pid, message, seconds, "news")
            finally:
                server.kill()


def _table(asking: Asking, server: int, message: str, seconds: float, title: str) -> None:
    import gzip
    import re

    paths = [BARE, "/lich", "/", "/loa", "/khan-cap", f"/ban-tin/{message}", "/soan", "/tai-khoan"]
    known: dict[str, str] = {}
    for page in ("/lich", "/loa", "/khan-cap", f"/ban-tin/{message}"):
        asking.ask(page)
        body = asking.body
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        part = re.search(r'hx-get="([^"]+manh\?[^"]+)"', text)
        assert part is not None, page
        known[page] = part[1]
    found = {path: Measured() for path in (*paths, *known.values())}
    for _ in range(ROUNDS):
        for path, measured in found.items():
            measured.go_on(asking, server, path, seconds)
    bare = found[BARE]
    print(f"{title}: {'path':40} {'a second':>9} {'of bare':>8} {'ms of cpu':>10} {'of bare':>8}  status   bytes")
    for path, one in found.items():
        rate, work = one.many / one.took, 1000 * one.worked / one.many
        share, saved = rate / (bare.many / bare.took), (bare.worked / bare.many) / max(one.worked / one.many, 1e-9)
        print(
            f"{title}: {path[:40]:40} {rate:9.0f} {share:8.0%} {work:10.1f} {saved:8.0%} {one.status:7} {one.size:7}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "serve":
        os.environ["LANGSO_LANGUAGE"] = "vi"
        serve(Path(sys.argv[2]), int((sys.argv[3:] or ["0"])[0]))
    else:
        main()

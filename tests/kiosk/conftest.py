"""A paired kiosk, its commune's keys, pictures of papers and codes, and an office that receives uploads."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

OWN_BIN, OWN_ACCOUNT = "970415", "000000000001"


class Commune:
    """Keys, signed documents and a paired kiosk, as the office and `langso pair` make them."""

    code = "xa-thu"
    device = "kiosk-thu"

    def __init__(self, folder: Path) -> None:
        import pyrage

        from langso.trust import SigningKey, root_keys

        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir(parents=True)
        self.root, self.office = SigningKey.generate(), SigningKey.generate()
        self.roots = root_keys([self.root])
        self.identity = pyrage.x25519.Identity.generate()
        self.recipient = str(self.identity.to_public())
        self.version = 0

    def head(self, kind: str) -> dict[str, Any]:
        self.version += 1
        now = datetime.now(UTC)
        return {
            "kind": kind,
            "issuer": "office",
            "audience": "*",
            "commune": self.code,
            "epoch": 1,
            "version": self.version,
            "issued": now,
            "expires": now + timedelta(days=30),
        }

    def trust(self) -> bytes:
        from langso.contract import IssuerRule
        from langso.trust import make_bundle, make_trust, threshold_of

        now = datetime.now(UTC)
        rule = IssuerRule(
            name="office",
            signers=threshold_of([self.office]),
            epoch=1,
            kinds=("plan", "urgent", "catalogue", "order", "ack"),
            classes=("normal", "priority", "emergency"),
        )
        self.version += 1
        return make_bundle(
            make_trust(
                self.code,
                [rule],
                [self.root],
                version=self.version,
                issued=now,
                expires=now + timedelta(days=365),
            )
        )

    def seal(self, document: Any) -> bytes:
        from langso.trust import seal

        return seal(document, document.kind, [self.office])

    def catalogue(self, **more: Any) -> Any:
        from langso.contract import Account, Catalogue, Procedure

        content: dict[str, Any] = {
            "commune_name": "Xã Hoa Sơn",
            "accounts": (
                Account(bin=OWN_BIN, number=OWN_ACCOUNT, holder="Ủy ban nhân dân xã Hoa Sơn", label="Phí, lệ phí"),
            ),
            "procedures": (
                Procedure(code="1.001193", name="Đăng ký khai sinh", papers=("Giấy chứng sinh",)),
                Procedure(code="2.000635", name="Cấp bản sao trích lục hộ tịch"),
            ),
            "age_recipient": self.recipient,
        }
        return Catalogue(**self.head("catalogue"), **(content | more))

    def pair(self) -> Any:
        from langso import certificates, pairing

        now = datetime.now(UTC)
        request = pairing.begin_pairing(
            self.state, device=self.device, role="kiosk", place="Nhà văn hóa thôn 2", village="thon-2", now=now
        )
        answer = pairing.answer_request(
            pairing.read_request(request),
            commune=self.code,
            commune_name="Xã Hoa Sơn",
            device=self.device,
            root=self.roots,
            ca=certificates.make_ca(self.code, now=now),
            addresses=pairing.Addresses("127.0.0.1", 1, "http://127.0.0.1:1", "http://127.0.0.1:1"),
            now=now,
        )
        return pairing.finish_pairing(self.state, answer)

    def teach(self) -> None:
        """The kiosk has heard trust and catalogue before, and keeps them."""
        from langso.clock import SystemClock
        from langso.pairing import load_paired
        from langso.trust import Keeper

        paired = load_paired(self.state)
        keeper = Keeper(self.state, self.code, self.device, paired.roots, SystemClock(), "host")
        keeper.take_trust(self.trust())
        keeper.take("catalogue", self.seal(self.catalogue()))

    def settings_text(
        self, *, office_url: str, camera: Path, broker: int = 1, idle_s: int = 60, warn_s: int = 20
    ) -> str:
        return f"""
[commune]
code = "{self.code}"
name = "Xã Hoa Sơn"
[device]
id = "{self.device}"
role = "kiosk"
place = "Nhà văn hóa thôn 2"
village = "thon-2"
[link]
host = "127.0.0.1"
port = {broker}
retry_max_s = 1.0
[clock]
trust = "host"
[scanner]
camera = "replay"
source = "{camera}"
[kiosk]
office_url = "{office_url}"
idle_s = {idle_s}
warn_s = {warn_s}
fullscreen = false
[paths]
state = "{self.state}"
run = "{self.folder / "run"}"
"""


@pytest.fixture
def commune(tmp_path: Path) -> Commune:
    made = Commune(tmp_path / "kiosk")
    made.pair()
    return made


@dataclass
class Desk:
    """An office's upload door (tus 1.0), which can be told to die midway. `finished` by dossier id."""

    port: int = 0
    manifests: dict[str, Any] = field(default_factory=dict)
    partial: dict[str, bytearray] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    finished: dict[str, bytes] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)
    cut_after: int | None = None
    answer_with: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                desk.create(self)

            def do_HEAD(self) -> None:
                desk.head(self)

            def do_PATCH(self) -> None:
                desk.patch(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, handler: Any) -> None:
        if self.answer_with is not None:
            _answer(handler, self.answer_with)
            return
        name, _, value = handler.headers["Upload-Metadata"].partition(" ")
        assert name == "manifest"
        envelope = json.loads(base64.b64decode(value))
        manifest = json.loads(base64.b64decode(envelope["payload"]))
        dossier = manifest["dossier"]
        if dossier in self.finished:
            _answer(handler, 200)
            return
        self.manifests[dossier] = manifest
        self.sizes[dossier] = int(handler.headers["Upload-Length"])
        known = dossier in self.partial
        self.partial.setdefault(dossier, bytearray())
        _answer(handler, 200 if known else 201, {"Location": f"/desk/uploads/{dossier}"})

    def head(self, handler: Any) -> None:
        dossier = handler.path.rsplit("/", 1)[1]
        if dossier in self.finished:
            _answer(handler, 200, {"Upload-Offset": str(self.sizes[dossier])})
        elif dossier in self.partial:
            _answer(handler, 200, {"Upload-Offset": str(len(self.partial[dossier]))})
        else:
            _answer(handler, 404)

    def patch(self, handler: Any) -> None:
        dossier = handler.path.rsplit("/", 1)[1]
        held = self.partial.get(dossier)
        length = int(handler.headers["Content-Length"])
        data = handler.rfile.read(length)
        if held is None or int(handler.headers["Upload-Offset"]) != len(held):
            _answer(handler, 409)
            return
        if self.cut_after is not None and len(held) + length > self.cut_after:
            held.extend(data[: max(0, self.cut_after - len(held))])
            self.cut_after = None
            handler.close_connection = True
            handler.connection.close()
            return
        held.extend(data)
        if len(held) == self.sizes[dossier]:
            self.finished[dossier] = bytes(self.partial.pop(dossier))
            self.arrivals.append(dossier)
        _answer(handler, 204, {"Upload-Offset": str(int(handler.headers["Upload-Offset"]) + length)})


def _answer(handler: Any, status: int, headers: dict[str, str] | None = None) -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Tus-Resumable", "1.0.0")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.open()
    yield desk
    desk.close()


@pytest.fixture
def paper() -> Any:
    """A photograph-like picture: a written sheet lying a little askew on a dark table (BGR)."""
    return draw_paper()


def draw_paper() -> Any:
    import cv2
    import numpy

    rng = numpy.random.default_rng(3)
    sheet = numpy.full((1188, 840, 3), 238, numpy.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (190, 170), cv2.FONT_HERSHEY_DUPLEX, 1.8, (40, 40, 40), 3)
    for line in range(18):
        y = 290 + line * 44
        right = int(620 + 150 * rng.random())
        for x in range(80, right, 26):
            cv2.putText(sheet, "aeonmhkt"[(x + line) % 8], (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (60, 50, 50), 2)
    cv2.circle(sheet, (640, 1040), 80, (60, 50, 190), 6)
    table = numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8)
    table = cv2.add(table, rng.integers(0, 8, table.shape, dtype=numpy.uint8))
    corners = numpy.array([(640, 60), (1270, 75), (1300, 1010), (610, 1000)], numpy.float32)
    whole = numpy.array([(0, 0), (840, 0), (840, 1188), (0, 1188)], numpy.float32)
    move = cv2.getPerspectiveTransform(whole, corners)
    laid = cv2.warpPerspective(sheet, move, (1920, 1080), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(numpy.full(sheet.shape[:2], 255, numpy.uint8), move, (1920, 1080))
    table[mask > 127] = laid[mask > 127]
    return table


def draw_table() -> Any:
    """The dark table, nothing on it."""
    import numpy

    rng = numpy.random.default_rng(3)
    return numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8) + rng.integers(0, 8, (1080, 1920, 3), numpy.uint8)


def draw_card(*, front: bool) -> Any:
    """One side of an invented identity card on the dark table."""
    import cv2
    import numpy

    side = numpy.full((540, 856, 3), (225, 230, 215), numpy.uint8)
    if front:
        cv2.putText(side, "CAN CUOC", (300, 80), cv2.FONT_HERSHEY_DUPLEX, 1.2, (40, 40, 160), 2)
        cv2.rectangle(side, (40, 150), (240, 440), (120, 110, 100), -1)
        for line in range(6):
            cv2.putText(
                side, "aeonmhkt"[line:] * 2, (280, 160 + 55 * line), cv2.FONT_HERSHEY_SIMPLEX, 1, (40, 40, 40), 2
            )
    else:
        cv2.rectangle(side, (60, 60), (200, 170), (60, 160, 200), -1)
        for line in range(4):
            text = "VNM095<<<0000010<<<<<<<<<<<"[line:]
            cv2.putText(side, text, (40, 330 + 55 * line), cv2.FONT_HERSHEY_PLAIN, 2.2, (30, 30, 30), 2)
    table = draw_table()
    corners = numpy.array([(420, 200), (1500, 215), (1510, 890), (410, 880)], numpy.float32)
    whole = numpy.array([(0, 0), (856, 0), (856, 540), (0, 540)], numpy.float32)
    move = cv2.getPerspectiveTransform(whole, corners)
    laid = cv2.warpPerspective(side, move, (1920, 1080), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(numpy.full(side.shape[:2], 255, numpy.uint8), move, (1920, 1080))
    table[mask > 127] = laid[mask > 127]
    return table


def vietqr(account: str = OWN_ACCOUNT, *, amount: int | None = 8000, name: str = "UBND XA HOA SON") -> str:
    from langso import codes

    return codes.emv.write(
        codes.emv.VietQr(OWN_BIN, account, amount, bill="H29.16-250701-0001", purpose="LPH2916250701X0001", name=name)
    )


def draw_code(text: str) -> Any:
    """A sheet with the code on it, on the dark table."""
    import io

    import cv2
    import numpy
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=9, border=6)
    code = cv2.imdecode(numpy.frombuffer(out.getvalue(), numpy.uint8), cv2.IMREAD_COLOR)
    table = numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8)
    y, x = (1080 - code.shape[0]) // 2, (1920 - code.shape[1]) // 2
    table[y : y + code.shape[0], x : x + code.shape[1]] = code
    return table


@pytest.fixture
def card_sides() -> tuple[Any, Any]:
    """Front and back of a card on the table (BGR)."""
    return draw_card(front=True), draw_card(front=False)


@pytest.fixture
def make_code() -> Callable[..., str]:
    return vietqr


@pytest.fixture
def cameras(tmp_path: Path) -> dict[str, Path]:
    """Folders a replay camera can look at: paper, own, stranger, front and back of a card, nothing on the table."""
    import cv2
    import numpy

    names = ("paper", "own", "stranger", "front", "back", "nothing")
    folders = {name: tmp_path / "camera" / name for name in names}
    for folder in folders.values():
        folder.mkdir(parents=True)
    cv2.imwrite(str(folders["paper"] / "1.jpg"), draw_paper())
    cv2.imwrite(str(folders["own"] / "1.jpg"), draw_code(vietqr()))
    cv2.imwrite(str(folders["stranger"] / "1.jpg"), draw_code(vietqr("999900001111", name="NGUOI LA")))
    cv2.imwrite(str(folders["front"] / "1.jpg"), draw_card(front=True))
    cv2.imwrite(str(folders["back"] / "1.jpg"), draw_card(front=False))
    cv2.imwrite(str(folders["nothing"] / "1.jpg"), numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8))
    return folders


@pytest.fixture
def lay_when_shot(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """`lay_when_shot(shot, place, picture)`: another paper comes under the camera once that shot was taken."""
    over = threading.Event()
    hands = []

    def lay(shot: str, place: Path, picture: Path) -> None:
        def wait() -> None:
            while not over.wait(0.05):
                if (tmp_path / "shots" / f"{shot}.png").exists():
                    new = place.with_suffix(".new")
                    new.write_bytes(picture.read_bytes())
                    new.replace(place)
                    return

        hands.append(threading.Thread(target=wait))
        hands[-1].start()

    yield lay
    over.set()
    for hand in hands:
        hand.join()


@dataclass
class Driven:
    """A driven visit: exit status, result.json, folder of pictures, and what it printed."""

    status: int
    result: dict[str, Any]
    out: Path
    printed: str


@pytest.fixture
def drive(commune: Commune, desk: Desk, tmp_path: Path) -> Callable[..., Driven]:
    """Plays steps on the real application in a process of its own."""

    def run(steps: list[dict[str, Any]], *, camera: Path, **settings: Any) -> Driven:
        file = tmp_path / "langso.toml"
        file.write_text(commune.settings_text(office_url=desk.url, camera=camera, **settings), encoding="utf-8")
        (tmp_path / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
        out = tmp_path / "shots"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "kiosk.driving", "--settings", str(file)),
                *("--steps", str(tmp_path / "steps.json"), "--out", str(out)),
            ],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        result = out / "result.json"
        return Driven(
            done.returncode,
            json.loads(result.read_text(encoding="utf-8")) if result.exists() else {},
            out,
            done.stderr[-6000:],
        )

    return run

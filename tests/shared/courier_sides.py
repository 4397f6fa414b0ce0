"""One side of a commune that no line joins: `python courier_sides.py office|hamlet FOLDER`, in a network of its own.

Reads words from its standard input, answers each with a line of JSON. The office has broker, signer and desk; the
hamlet a loudspeaker with a recorder at its sound pipe, and a kiosk.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brokers import end_broker, listens
from courier_visits import outcomes, sent_soon, settings_of
from founded import initialise
from listening_ear import Ear
from paired import pair_device
from waiting import until

import langso.courier.watch
from deploy.courier.carrying import Carrying
from kiosk.agent import KioskAgent
from langso.contract import EndedReceipt
from langso.contract.documents import Late
from langso.courier.stick import CourierStick
from langso.settings.model import Settings
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.whole_office import Office
from speaker.agent import SpeakerAgent

PORT = 18_884
PDF = b"%PDF-1.7 " + bytes(range(256)) * 400
Words = dict[str, Callable[[str], Any]]


def office(folder: Path) -> tuple[Words, Callable[[], None]]:
    """Founds it, pairs the hamlet's devices in `folder`, and begins."""
    roots = [SigningKey.generate()]
    settings = settings_of(
        folder, "van-phong", "office", signer={"socket": str(folder / "signer.sock")},
        office={"public_url": "http://127.0.0.1:9"}, link={"host": "127.0.0.1", "port": PORT, "retry_max_s": 1.0},
    )  # fmt: skip
    (folder / "m.conf").write_text(f"listener {PORT} 127.0.0.1\nallow_anonymous true\n", encoding="utf-8")
    broker = subprocess.Popen([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(folder / "m.conf")])
    assert listens(broker, "127.0.0.1", PORT)
    home = initialise(settings, roots, None, datetime.now(UTC))
    stop, ready = threading.Event(), threading.Event()
    server = SignerServer(settings.signer.socket, lambda: Signing(home, SystemClock()))
    threading.Thread(target=server.run, args=(stop, ready), daemon=True).start()
    assert ready.wait(60)
    whole = Office(settings)
    publisher = whole.start_publisher()
    for id, role in (("loa-7", "speaker"), ("kiosk-7", "kiosk")):
        found = pair_device(
            folder / id, roots=home.roots, addresses=("127.0.0.1", PORT, "http://127.0.0.1:9", "http://127.0.0.1:9"),
            commune=("hoa-son", "Xã Hoa Sơn"), device=id, role=role, place="Thôn 7", village="thon-7",
        )  # fmt: skip
        public = SigningKey.load(found.signing_key).public
        whole.fleet.register(id, role, "Thôn 7", "thon-7", public, courier=True)  # type: ignore[arg-type]
    assert until(lambda: publisher.status.connected)

    def say(text: str) -> str:
        # Whoever brings the stick comes late: it is to be played all the same.
        late = Late(rule="within", minutes=60)
        return str(sent_soon(whole, text, 10.0, late=late).planned.id)

    def receipts(device: str) -> list[int]:
        rows = whole.store.db.execute("SELECT number FROM receipts WHERE device = ? ORDER BY number", [device])
        return [int(row[0]) for row in rows.fetchall()]

    words: Words = {
        "courier": lambda rest: visit({"van-phong": settings}, rest),
        "say": say,
        "plays": lambda id: [play.outcome for play in whole.broadcasts.plays(id)],
        "dossiers": lambda _: [[one.dossier, whole.desk.open(one.id, "a") == PDF] for one in whole.desk.list()],
        "receipts": receipts,
    }

    def end() -> None:
        whole.close()
        stop.set()
        end_broker(broker)

    return words, end


def hamlet(folder: Path) -> tuple[Words, Callable[[], None]]:
    """Begins where the office paired its devices."""
    ear = Ear.at(folder / "sound.pcm", folder / "heard")
    settings = {
        "loa-7": settings_of(folder, "loa-7", "speaker", speaker={"sound": "pipe", "sink": str(ear.pipe)}),
        "kiosk-7": settings_of(folder, "kiosk-7", "kiosk"),
    }
    speaker, kiosk = SpeakerAgent(settings["loa-7"]), KioskAgent(settings["kiosk-7"])
    speaker.start()
    kiosk.start()
    assert until(lambda: all((folder / id / "courier").is_dir() for id in ("loa-7", "kiosk-7")))

    def ended(id: str) -> list[str]:
        bodies = [line.body for line in speaker.journal.lines()]
        return [one.outcome for one in bodies if isinstance(one, EndedReceipt) and one.occurrence == id]

    def hand_in(recipient: str) -> str:
        del recipient
        age = kiosk.recipient
        assert age is not None
        return kiosk.dossiers.hand_in(PDF, title="Giấy khai sinh", pages=1, recipient=age).dossier

    words: Words = {
        "courier": lambda rest: visit(settings, rest),
        "ended": lambda id: until(lambda: ended(id)),
        "receipts": lambda _: [line.number for line in speaker.journal.lines()],
        "hand_in": hand_in,
        "catalogue": lambda _: None if kiosk.catalogue is None else kiosk.catalogue.version,
        "waiting": lambda _: [kiosk.sender.waiting(), speaker.journal.acknowledged],
    }

    def end() -> None:
        kiosk.stop()
        speaker.stop()
        ear.close()

    return words, end


def visit(machines: dict[str, Settings], rest: str) -> dict[str, str]:
    """`export STICK DEVICE` as `langso courier` does it at that machine; what became of each letter."""
    what, stick, device = rest.split()
    with CourierStick(Path(stick), "hoa-son", make=what == "export") as there:
        carrying = Carrying(machines[device])
        return outcomes(carrying.bring(there) if what == "import" else carrying.fetch(there))


def main(side: str, folder: Path) -> None:
    """Until its standard input ends."""
    langso.courier.watch.LOOK_S = 0.05
    if side == "hamlet":
        # A pole has its machine for itself: sound that this one's other work keeps from the sink was rightly "cut".
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, -15)
    words, end = (office if side == "office" else hamlet)(folder)
    try:
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            print(json.dumps(words[word](rest)), flush=True)
    finally:
        end()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

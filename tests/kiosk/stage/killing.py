"""Hands a dossier in again and again, each time killed one line of our code later, as kill -9 or a power cut would.

`python killing.py FOLDER`: prints, a line for each, what a restart then finds: {"shown": the code that was shown, or
"", "kept": ids in the outbox, "whole": whether their files are, "again": the id whose code is shown again, or ""}.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pyrage

from kiosk.sending.dossiers import KIND, Dossiers
from kiosk.sending.last_receipt import LAST_RECEIPT_MIGRATION, LastReceipt
from langso.contract import DossierManifest
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey, open_sealed

OURS = (f"{os.sep}kiosk{os.sep}sending{os.sep}", f"{os.sep}langso{os.sep}durable{os.sep}")
KEY = SigningKey.generate()
TO = str(pyrage.x25519.Identity.generate().to_public())


class Side:
    """The sending side of a kiosk, as it is after a start."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        self.store = Store(folder / "kiosk.sqlite", (OUTBOX_MIGRATION, LAST_RECEIPT_MIGRATION))
        self.outbox = Outbox(self.store, clock)
        self.last = LastReceipt(self.store, clock, trusted=lambda: False)
        self.dossiers = Dossiers(folder, self.outbox, clock, KEY, device="kiosk-1", commune="xa-thu", last=self.last)


def killed_at(line: int) -> Any:
    """A trace function that ends the process at the so-many-th line of ours."""
    left = line

    def each(frame: Any, event: str, _: Any) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in OURS):
            return None
        if event == "line":
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return each

    return each


def hand_in(folder: Path, line: int, tell: int) -> None:
    side = Side(folder)
    sys.settrace(killed_at(line))
    handed = side.dossiers.hand_in(b"%PDF-1.7 x", title="Giấy khai sinh", pages=2, recipient=TO)
    sys.settrace(None)
    os.write(tell, handed.dossier.encode())


def found(folder: Path, shown: str) -> dict[str, Any]:
    side = Side(folder)
    kept = {item.key: item.body for item in side.outbox.pending(KIND)}
    side.dossiers.tidy(kept)
    whole = True
    for dossier, body in kept.items():
        manifest = DossierManifest.model_validate_json(open_sealed(body, KIND, [KEY.public]))
        data = side.dossiers.path(dossier).read_bytes()
        whole = whole and hashlib.sha256(data).hexdigest() == manifest.sha256
    again = side.last.still
    left = sorted(path.stem for path in side.dossiers.folder.iterdir())
    side.store.close()
    return {"shown": shown, "kept": sorted(kept), "whole": whole and left == sorted(kept),
            "again": "" if again is None else again.dossier}  # fmt: skip


def main() -> None:
    fresh = Path(sys.argv[1]) / "fresh"
    fresh.mkdir(parents=True)
    Side(fresh).store.close()
    for line in range(2_000):
        folder = fresh.with_name(str(line))
        shutil.copytree(fresh, folder)
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                hand_in(folder, line, tell)
            finally:
                os._exit(0)
        os.close(tell)
        shown = os.read(hear, 100).decode()
        os.close(hear)
        ended = os.waitpid(child, 0)[1]
        print(json.dumps(found(folder, shown)), flush=True)
        shutil.rmtree(folder)
        if not os.WIFSIGNALED(ended):
            return


if __name__ == "__main__":
    main()

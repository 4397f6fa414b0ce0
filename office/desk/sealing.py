"""The key of papers sealed, and the sheet that recovers it: a file, and the same as a code to be read from paper."""

from __future__ import annotations

import io
from pathlib import Path

from langso.durable.files import write_atomic
from langso.durable.ownership import acting_as_owner
from langso.timekeeping.clock import Clock
from langso.trust.roots.age_identity import SealedIdentity
from langso.trust.roots.passphrase_cipher import Cost
from office.desk import key
from office.places import OfficeHome


def seal_with_sheet(
    home: OfficeHome, officer: str, passphrase: str, recovery: str, sheet: Path, clock: Clock, cost: Cost = key.COST
) -> Path:
    """Seals the office's plain key, writes the sheet as `sheet` and as a picture beside it; the picture's path.

    Raises WeakPassphrase, NotInitialised, FileRefused: nothing is sealed where the sheet cannot be written.
    """
    picture = sheet.with_suffix(".svg")
    for file in (sheet, picture):
        write_atomic(file, b"", mode=0o600)
    with acting_as_owner(home.state):
        lock = key.seal(home, officer, passphrase, recovery, clock, cost)
        kept = SealedIdentity(recipient=home.age_recipient(), locks=(lock,)).to_json()
    write_atomic(sheet, kept, mode=0o600)
    write_atomic(picture, _code(kept), mode=0o600)
    return picture


def _code(text: bytes) -> bytes:
    """An SVG picture, a hand's breadth when printed."""
    import segno

    drawn = io.BytesIO()
    segno.make_qr(text.decode(), error="m").save(drawn, kind="svg", scale=4, border=4)
    return drawn.getvalue()

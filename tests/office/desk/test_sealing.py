"""The recovery sheet opens what it recovers, as a file and as a code that a phone reads from paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import segno
import zxingcpp
from PIL import Image

from langso.durable.errors import FileRefused
from langso.timekeeping.clock import SystemClock
from langso.trust.roots.age_identity import open_lock, read_sealed_identity
from langso.trust.roots.passphrase_cipher import QUICK
from office.desk.sealing import seal_with_sheet

MORNING, RECOVERY = "bon con trau di cay ruong nuoc", "thuyen gao mai nha vuon cau tre"


def test_the_code_on_paper_holds_the_whole_sheet(
    office_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    make = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda *of, **more: drawn.append(make(*of, **more)) or drawn[-1])
    home, sheet = office_world.home, tmp_path / "to.json"
    plain = home.age_identity()
    picture = seal_with_sheet(home, "lan", MORNING, RECOVERY, sheet, SystemClock(), QUICK)
    assert picture.read_bytes().startswith(b"<?xml")
    printed = io.BytesIO()
    drawn[0].save(printed, kind="png", scale=4, border=4)
    (code,) = zxingcpp.read_barcodes(Image.open(printed).convert("L"))
    text = code.text
    held = read_sealed_identity(text.encode())
    assert sheet.read_bytes() == text.encode()
    lock = held.lock("recovery")
    assert lock is not None
    assert open_lock(lock, RECOVERY, held.recipient) == plain
    assert held.officers == ()


def test_nothing_is_sealed_where_the_sheet_cannot_be_written(office_world: Any, tmp_path: Path) -> None:
    home = office_world.home
    with pytest.raises(FileRefused):
        seal_with_sheet(home, "lan", MORNING, RECOVERY, tmp_path / "khong-co" / "to.json", SystemClock(), QUICK)
    assert home.age_file.exists()
    assert not home.age_sealed.exists()

"""A FAT stick pulled at fifty bytes of what was written to it, on the way there and on the way back."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fat_image import Fat, recorded
from waiting import until

from langso.contract import EndedReceipt
from langso.courier.errors import CourierRefused
from langso.durable.errors import FileRefused

PULLED = 50
PDF = b"%PDF-1.7 " + bytes(range(256)) * 100


def written(hamlet: Any, who: Any, stick: Path, monkeypatch: pytest.MonkeyPatch) -> Fat:
    """A FAT to which this machine exported, as a stick of its own; `stick` holds the same."""
    stick.mkdir()
    with recorded(stick, monkeypatch) as steps:
        hamlet.at(who, "export", stick)
    fat = Fat()
    fat.replay(steps)
    return fat


def different(fat: Fat, folder: Path) -> Iterator[Path]:
    """Each stick that a pull leaves and that no pull before it left: what is read of it, or what can be."""
    seen: set[str] = set()
    for number, image in enumerate(fat.pulled(PULLED, random.Random(11))):
        there = folder / str(number)
        fat.extract(image, there)
        tree = "".join(f"{path}{path.read_bytes()!r}" for path in sorted(there.rglob("*")) if path.is_file())
        key = hashlib.sha256(tree.replace(str(there), "").encode()).hexdigest()
        if key not in seen:
            seen.add(key)
            yield there
        shutil.rmtree(there)


def tried(hamlet: Any, who: Any, stick: Path) -> Any:
    try:
        return hamlet.at(who, "import", stick)
    except (CourierRefused, FileRefused):
        return None


def test_on_the_way_there_nothing_is_harmed_and_in_the_end_all_is_there(
    hamlet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hamlet.scheduled()
    whole = tmp_path / "whole"
    fat = written(hamlet, hamlet.office, whole, monkeypatch)
    (tmp_path / "pulled").mkdir()
    with_trust = without = 0
    for stick in different(fat, tmp_path / "pulled"):
        carried = tried(hamlet, hamlet.speaker, stick)
        # What is half is told by the courier, and never costs the loudspeaker a receipt.
        assert carried is None or all(one.outcome in ("taken", "same", "failed") for one in carried.outcomes)
        # Letters are written after all sounds, the plan as the last.
        with_trust += hamlet.speaker.keeper.trust is not None
        without += hamlet.speaker.keeper.trust is None
    assert with_trust > 0
    assert without > 0
    assert fat.extract(bytes(fat.image), tmp_path / "read")
    carried = hamlet.at(hamlet.speaker, "import", tmp_path / "read")
    assert carried.missing == 0
    assert until(lambda: hamlet.speaker.library.counts()[0] == hamlet.speaker.library.counts()[1] > 0)
    bodies = [line.body for line in hamlet.speaker.journal.lines() if line.body.event == "document"]
    assert sorted(body.document for body in bodies) == ["plan", "trust", "urgent"]
    assert {body.outcome for body in bodies} == {"stored"}


def test_on_the_way_back_all_arrives_once_however_often_it_is_pulled(
    hamlet: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    hamlet.at(hamlet.office, "export", there)
    for who in (hamlet.speaker, hamlet.kiosk):
        hamlet.at(who, "import", there)
    for number in range(300):
        hamlet.speaker.journal.write(EndedReceipt(occurrence=f"o{number}", outcome="played"))
    recipient = hamlet.office.home.age_recipient()
    handed = [hamlet.kiosk.dossiers.hand_in(PDF, title=f"Giấy {n}", pages=1, recipient=recipient) for n in range(2)]
    (tmp_path / "pulled").mkdir()
    for who, name in ((hamlet.kiosk, "kiosk"), (hamlet.speaker, "speaker")):
        fat = written(hamlet, who, tmp_path / name, monkeypatch)
        for stick in different(fat, tmp_path / "pulled"):
            tried(hamlet, hamlet.office, stick)
        assert fat.extract(bytes(fat.image), tmp_path / f"{name}-read")
        for _ in range(2):
            hamlet.at(hamlet.office, "import", tmp_path / f"{name}-read")
    assert sorted(one.dossier for one in hamlet.office.desk.list()) == sorted(one.dossier for one in handed)
    assert all(hamlet.office.desk.open(one.id, "a") == PDF for one in hamlet.office.desk.list())
    store, journal = hamlet.office.store, hamlet.speaker.journal
    rows = store.db.execute("SELECT number FROM receipts WHERE device = 'loa-7' ORDER BY number").fetchall()
    assert [row[0] for row in rows] == [line.number for line in journal.lines()]

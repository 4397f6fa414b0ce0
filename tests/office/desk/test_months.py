"""A month's papers are destroyed: not even the office's own key, or a copy of the files, brings them back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyrage
import pytest
from refusals import refused

from langso.timekeeping.clock import SystemClock
from office.desk.dossiers import Desk
from office.desk.months import is_month, month_of
from office.errors import NotFound, UploadRefused

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


@pytest.fixture
def id(office_world: Any) -> str:
    found: str = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), PDF)
    return found


def opens(path: Path, identity: str) -> bool:
    try:
        return bytes(pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])) == PDF
    except pyrage.DecryptError:
        return False


def test_what_was_opened_once_is_encrypted_to_its_month(office_world: Any, desk: Desk, id: str) -> None:
    came = office_world.home.desk / "dossiers" / f"{id}.age"
    assert opens(came, office_world.home.age_identity())
    assert desk.open(id, "lan") == PDF
    assert not came.exists()
    month = month_of(desk.dossier(id).received)
    assert not opens(came.parent / month / f"{id}.age", office_world.home.age_identity())
    assert desk.open(id, "lan") == PDF
    assert office_world.reopen().desk.open(id, "lan") == PDF


def test_what_came_while_it_was_locked_follows_in_one_go(office_world: Any, desk: Desk, id: str) -> None:
    second = office_world.hand_in(office_world.reporter("kiosk-2", "kiosk"), PDF, "hs-2")
    assert desk.reading.wrap_all() == 2
    assert desk.reading.wrap_all() == 0
    assert desk.open(id, "lan") == desk.open(second, "lan") == PDF


def test_a_destroyed_month_stays_destroyed_for_who_kept_the_files(
    office_world: Any, desk: Desk, id: str, tmp_path: Path
) -> None:
    desk.open(id, "lan")
    month = month_of(desk.dossier(id).received)
    stolen = tmp_path / "copy.age"
    shutil.copy(office_world.home.desk / "dossiers" / month / f"{id}.age", stolen)
    assert desk.destroy_month(month, "lan") == 1
    assert not opens(stolen, office_world.home.age_identity())
    with refused(UploadRefused, "desk-destroyed"):
        desk.open(id, "lan")
    assert [one.id for one in desk.list()] == [id], "that it came stays on record"
    with refused(NotFound, "desk-no-month"):
        desk.destroy_month(month, "lan")
    logged = office_world.office.store.db.execute("SELECT who, action, subject, note FROM audit").fetchall()
    assert ("lan", "destroy-month", month, "1") in logged


def test_papers_never_opened_are_destroyed_with_their_month_and_others_stay(
    office_world: Any, desk: Desk, id: str
) -> None:
    other = office_world.hand_in(office_world.reporter("kiosk-2", "kiosk"), PDF, "hs-2")
    office_world.office.store.db.execute(
        "UPDATE dossiers SET received_at = '2026-01-05T00:00:00+00:00' WHERE id = ?", [id]
    )
    assert desk.destroy_month("2026-01", "lan") == 1
    assert desk.open(other, "lan") == PDF
    assert not any(path.stem == id for path in (office_world.home.desk / "dossiers").rglob("*"))


def test_a_cut_between_the_two_files_loses_nothing(office_world: Any, desk: Desk, id: str) -> None:
    came = office_world.home.desk / "dossiers" / f"{id}.age"
    raw = came.read_bytes()
    desk.open(id, "lan")
    came.write_bytes(raw)
    assert office_world.reopen().desk.open(id, "lan") == PDF
    assert not came.exists()
    assert Desk(office_world.office.store, office_world.home, SystemClock()).open(id, "lan") == PDF


def test_a_month_is_written_one_way() -> None:
    assert [is_month(text) for text in ("2026-11", "2026-13", "26-11", "2026-11 ", "../../x")] == [
        True, False, False, False, False,
    ]  # fmt: skip

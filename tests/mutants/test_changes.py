"""The changes that `make mutants` tries: each compiles, is another than the rest, and keeps its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import changes
from tests.mutants.changes import changes_of
from tests.mutants.rooms import ROOMS

SOURCE = """
LIMIT = 5
class Gate:
    most: int = LIMIT
    @property
    def open(self) -> bool:
        return self.most > 3 and not self.shut
    def let(self, guests: int) -> int:
        if guests > self.most:
            raise ValueError("full")
        self.inside += guests
        return min(guests, 7)
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    path = tmp_path / "gate.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_each_slip_is_tried_where_it_can_be_made(source: Path) -> None:
    assert [one.key.removeprefix("gate.py::") for one in changes_of("gate.py")] == [
        "::5 -> 6",
        "Gate.open::return self.most > 3 and (not self.shut) -> return None",
        "Gate.open::self.most > 3 and (not self.shut) -> self.most > 3 or not self.shut",
        "Gate.open::self.most > 3 and (not self.shut) -> not self.shut",
        "Gate.open::self.most > 3 and (not self.shut) -> self.most > 3",
        "Gate.open::self.most > 3 -> self.most >= 3",
        "Gate.open::self.most > 3 -> self.most <= 3",
        "Gate.open::3 -> 4",
        "Gate.open::not self.shut -> self.shut",
        "Gate.let::if guests > self.most: -> if False:",
        "Gate.let::guests > self.most -> guests >= self.most",
        "Gate.let::guests > self.most -> guests <= self.most",
        "Gate.let::self.inside += guests -> pass",
        "Gate.let::return min(guests, 7) -> return None",
        "Gate.let::min(guests, 7) -> max(guests, 7)",
        "Gate.let::7 -> 8",
    ]


def test_a_changed_file_does_what_it_says(source: Path) -> None:
    (change,) = (one for one in changes_of("gate.py") if one.key.endswith("if False:"))
    names: dict[str, type] = {}
    exec(change.code(), names)
    gate = names["Gate"]()
    gate.inside = 0
    assert gate.let(6) == 6
    assert source.read_text(encoding="utf-8") == SOURCE


def test_names_stay_when_lines_come_before_them(source: Path) -> None:
    before = [one.key for one in changes_of("gate.py")]
    source.write_text("import os\n\nFIRST = os\n" + SOURCE, encoding="utf-8")
    assert [one.key for one in changes_of("gate.py")] == before


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_has_its_files_and_tests_and_names_that_differ(room: object) -> None:
    found = [one for file in room.files() for one in changes_of(file)]  # type: ignore[attr-defined]
    assert len(found) > 50
    assert len({one.key for one in found}) == len(found)
    assert room.test_files()  # type: ignore[attr-defined]

"""Small files are used though the card takes none, and come to it in their order when it does."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from langso.durable import owed_files
from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.durable.owed_files import RESERVE, RESERVE_BYTES, OwedFiles


class Card:
    """Answers writes below `folder` with an error while it has one; `log`: what it took."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: int | None = None
        self.log: list[str] = []
        self._folder = folder
        monkeypatch.setattr(owed_files, "write_atomic", self._write)

    def _write(self, path: Path, data: bytes) -> None:
        if path.is_relative_to(self._folder):
            if self.error is not None:
                raise FileRefused("không ghi được") from OSError(self.error, "x")
            self.log.append(path.name)
        write_atomic(path, data)


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    (tmp_path / "card").mkdir()
    return Card(tmp_path / "card", monkeypatch)


@pytest.fixture
def files(card: Card, tmp_path: Path) -> OwedFiles:
    return OwedFiles(tmp_path / "card", tmp_path / "run")


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_is_not_taken_is_read_all_the_same_also_by_the_next_process(
    error: int, files: OwedFiles, card: Card, tmp_path: Path
) -> None:
    files.write("held/plan.json", b"1")
    card.error = error
    files.write("held/plan.json", b"2")
    files.write("held/urgent.json", b"3")
    assert files.owed
    assert files.trouble
    for one in (files, OwedFiles(tmp_path / "card", tmp_path / "run")):
        assert one.read("held/plan.json", 10) == b"2"
        assert one.names("held/*.json") == ["held/plan.json", "held/urgent.json"]
    assert not files.catch_up()
    card.error = None
    assert files.catch_up()
    assert not files.owed
    assert (tmp_path / "card/held/plan.json").read_bytes() == b"2"
    assert OwedFiles(tmp_path / "card").read("held/urgent.json", 10) == b"3"


def test_what_must_come_last_does(files: OwedFiles, card: Card) -> None:
    card.error = errno.EIO
    files.write("marks.1", b"m1", last=True)
    files.write("held/plan.json", b"p")
    card.error = None
    files.write("marks.1", b"m2", last=True)
    assert card.log == [], "its document is still owed"
    assert files.catch_up()
    assert card.log == ["plan.json", "marks.1"]


def test_on_a_full_card_its_reserve_makes_room_for_the_moment(
    files: OwedFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = tmp_path / "card" / RESERVE
    assert reserve.stat().st_blocks * 512 >= RESERVE_BYTES

    def full_unless_given_up(path: Path, data: bytes) -> None:
        if reserve.exists():
            raise FileRefused("đầy") from OSError(errno.ENOSPC, "x")
        write_atomic(path, data)

    monkeypatch.setattr(owed_files, "write_atomic", full_unless_given_up)
    files.write("plan.json", b"new")
    assert not files.owed
    assert (tmp_path / "card/plan.json").read_bytes() == b"new"
    assert reserve.exists(), "kept again for the next"


def test_what_a_cut_left_of_a_write_is_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    (folder / "held").mkdir(parents=True)
    for name in (".plan.json.0123456789ab.tmp", "held/.x.ffffffffffff.tmp", "mine.tmp", ".short.abc.tmp"):
        (folder / name).write_bytes(b"x")
    OwedFiles(folder, look_only=True)
    assert len(list(folder.rglob("*.tmp"))) == 4
    OwedFiles(folder)
    assert sorted(path.name for path in folder.rglob("*.tmp")) == [".short.abc.tmp", "mine.tmp"]


def test_nothing_to_read_is_refused(files: Any) -> None:
    with pytest.raises(FileRefused):
        files.read("nothing", 10)

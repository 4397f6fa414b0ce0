"""Marks: one lost copy is no loss, both are; a kill in the middle of writing loses nothing written."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.trust.marks import COPIES, FOLDER, Lift, Mark, Marks, MarksFile, begin_marks

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def mark(version: int, *, kind: str = "plan", issuer: str = "office", epoch: int = 1) -> Mark:
    return Mark(kind=kind, issuer=issuer, epoch=epoch, version=version, sha256="ab" * 32)


@pytest.mark.parametrize("lost", COPIES)
@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_one_lost_or_damaged_copy_is_made_good_from_the_other(
    tmp_path: Path, lost: str, damage: bytes | None
) -> None:
    file = MarksFile(tmp_path)
    saved = file.save(Marks().with_mark(mark(7), Lift(NOW, NOW)))
    if damage is None:
        (tmp_path / lost).unlink()
    else:
        (tmp_path / lost).write_bytes(damage)
    assert file.load() == saved
    assert (tmp_path / lost).exists() == (damage is not None)
    assert file.mend() == saved
    assert len({(tmp_path / name).read_bytes() for name in COPIES}) == 1


def test_both_lost_is_none(tmp_path: Path) -> None:
    assert MarksFile(tmp_path).load() is None
    MarksFile(tmp_path).save(Marks())
    for name in COPIES:
        (tmp_path / name).write_bytes(b"rubbish")
    assert MarksFile(tmp_path).load() is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_bit_is_noticed(place: int, flip: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = MarksFile(Path(folder))
        saved = file.save(Marks().with_mark(mark(7), Lift(NOW, NOW)))
        raw = bytearray((Path(folder) / COPIES[0]).read_bytes())
        raw[place % len(raw)] ^= flip
        (Path(folder) / COPIES[0]).write_bytes(raw)
        (Path(folder) / COPIES[1]).unlink()
        assert file.load() in (None, saved)


def test_a_copy_of_other_kinds_of_value_is_none_though_its_hash_is_right(tmp_path: Path) -> None:
    file = MarksFile(tmp_path)
    saved = file.save(Marks().with_mark(mark(7), Lift(NOW, NOW)))
    body = (tmp_path / COPIES[0]).read_bytes().partition(b"\n")[2].strip().replace(b'"version":7', b'"version":"8"')
    assert b'"8"' in body
    (tmp_path / COPIES[0]).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n")
    assert file.load() == saved


def test_of_two_good_copies_the_newer_counts(tmp_path: Path) -> None:
    file = MarksFile(tmp_path)
    first = file.save(Marks().with_mark(mark(1), Lift(NOW, NOW)))
    older = (tmp_path / COPIES[1]).read_bytes()
    second = file.save(first.with_mark(mark(2), Lift(NOW, NOW)))
    (tmp_path / COPIES[1]).write_bytes(older)
    assert file.load() == second


def test_a_pairing_starts_anew(tmp_path: Path) -> None:
    MarksFile(tmp_path / FOLDER).save(Marks(lost=True).with_mark(mark(9), Lift(NOW, NOW)))
    begin_marks(tmp_path)
    marks = MarksFile(tmp_path / FOLDER).load()
    assert marks is not None
    assert (marks.marks, marks.lost) == ((), False)


def test_a_higher_epoch_clears_what_earlier_ones_left_of_that_issuer_only() -> None:
    far = NOW + timedelta(days=36500)
    marks = Marks().with_mark(mark(2**62), Lift(far, far)).with_mark(mark(4, issuer="tinh"), Lift(NOW, NOW))
    marks = marks.with_mark(mark(1, epoch=2), Lift(NOW, NOW))
    assert {(m.issuer, m.epoch, m.version) for m in marks.marks} == {("office", 2, 1), ("tinh", 1, 4)}
    assert max(floor.moment for floor in marks.floors) == NOW


@given(
    st.lists(st.tuples(st.sampled_from(["plan", "urgent"]), st.integers(1, 100), st.integers(0, 1000)), max_size=20)
)
def test_a_floor_never_falls_within_an_epoch(steps: list[tuple[str, int, int]]) -> None:
    marks, highest = Marks(), None
    for kind, version, seconds in steps:
        moment = NOW + timedelta(seconds=seconds)
        marks = marks.with_mark(mark(version, kind=kind), Lift(moment, moment))
        highest = moment if highest is None else max(highest, moment)
        assert [floor.moment for floor in marks.floors] == [highest]
        found = marks.mark(kind, "office", 1)
        assert found is not None
        assert found.version == version


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from langso.trust.marks import Lift, Mark, Marks, MarksFile
moment = datetime(2026, 1, 1, tzinfo=UTC)
file, marks = MarksFile(Path(sys.argv[1])), Marks()
for version in range(1, 100000):
    mark = Mark(kind="plan", issuer="office", epoch=1, version=version, sha256="ab" * 32)
    marks = file.save(marks.with_mark(mark, Lift(moment, moment)))
    print(version, flush=True)
"""


@pytest.mark.parametrize("wait", [3, 17, 40, 81])
def test_kill_9_while_writing_never_loses_what_was_said_to_be_written(tmp_path: Path, wait: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert writer.stdout is not None
    said = 0
    for _ in range(wait):
        said = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    said = max([said, *(int(line) for line in writer.stdout.read().split())])
    writer.wait()
    marks = MarksFile(tmp_path).load()
    assert marks is not None
    found = marks.mark("plan", "office", 1)
    assert found is not None
    assert found.version in (said, said + 1)

"""A phone's folder: its file manager changes names, keeps copies, knows no renaming or syncing, stops half-way."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.courier.errors import CourierRefused
from langso.courier.letters import Letter, as_written, read_letter
from langso.courier.stick import CourierStick
from langso.durable.errors import FileRefused

DATA = b"sound" * 1000
SHA = hashlib.sha256(DATA).hexdigest()
MARK = "0" * 32
LETTERS = (
    Letter("plan"),
    Letter("trust"),
    Letter("urgent", issuer="thon-1"),
    Letter("order", device="loa-2"),
    Letter("ack", device="loa-copy", mark=MARK),
    Letter("receipts", device="loa-7-1", mark=MARK),
)
CHANGED = (
    "{} (1).json", "{}(12).json", "{} - Copy.json", "{} - Copy (2).json", "{} copy 2.json", "{} 2.json",
    "{} - bản sao.json", "{}.json (1)", "{}.json.txt", "{}.json.bin", "{} (1).json.txt",
)  # fmt: skip


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.name[:20])
def test_a_letter_is_known_by_whatever_name_a_phone_gives_it(letter: Letter) -> None:
    stem = letter.name.removesuffix(".json")
    assert as_written(letter.name) == letter.name
    for pattern in CHANGED:
        for name in (pattern.format(stem), pattern.format(stem).upper()):
            assert read_letter(letter.direction, as_written(name)) == letter, name


@pytest.mark.parametrize(
    "name",
    [
        "plan (1) (2).json",
        "plan.json.exe",
        "xplan.json",
        "plan(1000).json",
        "plancopy.json",
        "plan-2.json",
        " plan.json",
    ],
)
def test_a_strangers_name_stays_one(name: str) -> None:
    assert read_letter("to-devices", as_written(name)) is None


@given(st.text(max_size=250))
def test_no_name_breaks_the_reader(name: str) -> None:
    written = as_written(name)
    assert as_written(written) in (written, as_written(name)) or len(written) <= len(name)
    read_letter("to-devices", written)


def place(tmp_path: Path, *names: str) -> Path:
    return tmp_path.joinpath("langso-courier", "hoa-son", *names)


def source(data: bytes) -> Any:
    return io.BufferedReader(io.BytesIO(data))  # type: ignore[arg-type]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    with CourierStick(tmp_path, "hoa-son", make=True) as stick:
        stick.write(Letter("plan"), b"new")
        stick.put_file(SHA, len(DATA), source(DATA))
    return tmp_path


def test_every_copy_of_a_letter_is_there_to_read_its_own_name_first(written: Path) -> None:
    folder = place(written, "to-devices")
    (folder / "plan (1).json").write_bytes(b"old")
    (folder / "PLAN (2).JSON").write_bytes(b"older")
    with CourierStick(written, "hoa-son") as stick:
        assert stick.letters("to-devices") == [Letter("plan")]
        (names,) = stick.names("to-devices").values()
        assert [stick.read(Letter("plan"), name) for name in names] == [b"new", b"older", b"old"]
        stick.remove([Letter("plan")])
        assert list(folder.iterdir()) == []


def test_of_a_sound_the_copy_that_is_whole_is_read(written: Path) -> None:
    folder = place(written, "files")
    (folder / SHA).rename(folder / f"{SHA.upper()} (1).bin")
    (folder / SHA).write_bytes(DATA[:100])
    with CourierStick(written, "hoa-son") as stick:
        assert stick.files() == {SHA: len(DATA)}
        with stick.open_file(SHA) as file:
            assert file.read() == DATA
        assert stick.keep_files([]) == 2


def test_folders_are_known_in_capitals_and_as_copies(written: Path) -> None:
    shutil.move(place(written), written / "langso-courier" / "HOA-SON")
    (written / "langso-courier").rename(written / "Langso-Courier (1)")
    renamed = written / "Langso-Courier (1)" / "HOA-SON"
    (renamed / "to-devices").rename(renamed / "To-Devices")
    with CourierStick(written, "hoa-son") as stick:
        assert stick.read(Letter("plan")) == b"new"
    # Where there are several, the folder itself may be named.
    with CourierStick(written / "Langso-Courier (1)", "hoa-son") as stick:
        assert stick.read(Letter("plan")) == b"new"
    with pytest.raises(CourierRefused, match="xã xa-khac"):
        CourierStick(written, "xa-khac")


def test_a_folder_written_under_its_own_name_is_not_begun_inside_itself(tmp_path: Path) -> None:
    (tmp_path / "langso-courier").mkdir()
    with CourierStick(tmp_path / "langso-courier", "hoa-son", make=True) as stick:
        stick.write(Letter("plan"), b"{}")
    assert place(tmp_path, "to-devices", "plan.json").read_bytes() == b"{}"


def _says(number: int) -> Any:
    def call(*args: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EEXIST])
@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_where_renaming_syncing_and_rights_are_unknown_it_is_written_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    monkeypatch.setattr(os, call, _says(number))
    with CourierStick(tmp_path, "hoa-son", make=True) as stick:
        assert stick.write(Letter("plan"), b"first")
        assert stick.write(Letter("plan"), b"second")
        assert not stick.write(Letter("plan"), b"second")
        assert stick.put_file(SHA, len(DATA), source(DATA))
        assert not stick.put_file("0" * 64, len(DATA), source(DATA))
    assert sorted(path.name for path in place(tmp_path).rglob("*") if path.is_file()) == sorted([SHA, "plan.json"])
    assert place(tmp_path, "to-devices", "plan.json").read_bytes() == b"second"
    assert place(tmp_path, "files", SHA).read_bytes() == DATA


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_stick_that_fails_is_not_written_to_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with CourierStick(tmp_path, "hoa-son", make=True) as stick:
        stick.write(Letter("plan"), b"old")
        monkeypatch.setattr(os, "replace", _says(number))
        with pytest.raises(FileRefused):
            stick.write(Letter("plan"), b"new")
        assert stick.read(Letter("plan")) == b"old"


def test_what_a_phone_gives_back_otherwise_is_not_left_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", _says(errno.ENOSYS))
    with CourierStick(tmp_path, "hoa-son", make=True) as stick:
        monkeypatch.setattr("langso.durable.held_folder.read_limited", lambda *_, **__: b"other")
        with pytest.raises(FileRefused):
            stick.write(Letter("plan"), b"new")
    assert list(place(tmp_path, "to-devices").iterdir()) == []


def test_a_folder_of_a_hundred_thousand_names_is_refused_before_its_end(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langso.courier.stick.MOST_NAMES", 20)
    for number in range(19):
        place(written, "to-devices", f"anh-{number}.jpg").touch()
    with CourierStick(written, "hoa-son") as stick:
        assert stick.letters("to-devices") == [Letter("plan")]
        place(written, "to-devices", "anh-20.jpg").touch()
        with pytest.raises(FileRefused, match="hơn 20"):
            stick.letters("to-devices")

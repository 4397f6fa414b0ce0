from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER, MAX_LETTERS, Letter
from langso.courier.stick import SPARE, CourierStick
from langso.durable.errors import FileRefused
from langso.durable.held_folder import HeldFolder

DATA = b"sound" * 1000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def stick(tmp_path: Path) -> CourierStick:
    return CourierStick(tmp_path, "hoa-son", make=True)


def place(tmp_path: Path, *names: str) -> Path:
    return tmp_path.joinpath("langso-courier", "hoa-son", *names)


def put(stick: CourierStick, data: bytes = DATA, sha256: str = SHA, size: int | None = None) -> bool:
    return stick.put_file(sha256, len(data) if size is None else size, io.BufferedReader(io.BytesIO(data)))  # type: ignore[arg-type]


def test_what_was_written_is_read_again(stick: CourierStick) -> None:
    assert stick.write(Letter("plan"), b"{}")
    assert stick.letters("to-devices") == [Letter("plan")]
    assert stick.read(Letter("plan")) == b"{}"


def test_the_same_is_not_written_twice(stick: CourierStick) -> None:
    assert stick.write(Letter("plan"), b"{}")
    assert not stick.write(Letter("plan"), b"{}")
    assert stick.write(Letter("plan"), b"[]")


def test_an_empty_stick_and_another_communes_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CourierRefused, match="không có gì"):
        CourierStick(tmp_path, "hoa-son")
    CourierStick(tmp_path, "xa-khac", make=True).close()
    with pytest.raises(CourierRefused, match="xã hoa-son"):
        CourierStick(tmp_path, "hoa-son")


def test_strangers_files_are_passed_over(stick: CourierStick, tmp_path: Path) -> None:
    stick.write(Letter("plan"), b"{}")
    for name in ("autorun.inf", "plan.json.exe", "anh.jpg", "order.json"):
        place(tmp_path, "to-devices", name).write_bytes(b"x")
    place(tmp_path, "to-devices", "trust.json").mkdir()
    assert stick.letters("to-devices") == [Letter("plan")]


def test_a_letter_that_is_too_large_is_refused(stick: CourierStick, tmp_path: Path) -> None:
    stick.write(Letter("plan"), b"{}")
    place(tmp_path, "to-devices", "plan.json").write_bytes(bytes(MAX_LETTER + 1))
    with pytest.raises(FileRefused):
        stick.read(Letter("plan"))
    place(tmp_path, "to-devices", "plan.json").write_bytes(bytes(MAX_LETTER))
    assert len(stick.read(Letter("plan"))) == MAX_LETTER


def test_a_folder_with_endless_letters_is_refused(
    stick: CourierStick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_LETTERS > 102 * 31
    monkeypatch.setattr("langso.courier.stick.MAX_LETTERS", 3)
    stick.write(Letter("plan"), b"{}")
    for number in range(3):
        place(tmp_path, "to-devices", f"order.loa-{number}.json").write_bytes(b"x")
    with pytest.raises(CourierRefused, match="nhiều hơn"):
        stick.letters("to-devices")
    place(tmp_path, "to-devices", "order.loa-0.json").unlink()
    assert len(stick.letters("to-devices")) == 3


def test_a_file_is_whole_and_true_or_not_there(stick: CourierStick, tmp_path: Path) -> None:
    assert put(stick)
    assert stick.files() == {SHA: len(DATA)}
    with stick.open_file(SHA) as file:
        assert file.read() == DATA
    assert not put(stick, DATA, "0" * 64)
    # A file that grew while it was copied.
    longer = DATA + b"x"
    assert not put(stick, longer, hashlib.sha256(longer).hexdigest(), size=len(DATA))
    assert sorted(path.name for path in place(tmp_path, "files").iterdir()) == [SHA]


def test_a_stick_without_room_keeps_what_it_has(stick: CourierStick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldFolder, "free", lambda _: len(DATA) + SPARE - 1)
    assert not put(stick)
    monkeypatch.setattr(HeldFolder, "free", lambda _: len(DATA) + SPARE)
    assert put(stick)


def test_files_that_nothing_names_go_and_half_written_ones_too(stick: CourierStick, tmp_path: Path) -> None:
    put(stick)
    other = b"other"
    put(stick, other, hashlib.sha256(other).hexdigest())
    (place(tmp_path, "files") / ".half.tmp").write_bytes(b"x")
    stick.write(Letter("plan"), b"{}")
    (place(tmp_path, "to-devices") / ".plan.json.1f.tmp").write_bytes(b"x")
    stick.tidy()
    assert stick.keep_files([SHA]) == 1
    assert [path.name for path in place(tmp_path, "files").iterdir()] == [SHA]
    assert [path.name for path in place(tmp_path, "to-devices").iterdir()] == ["plan.json"]


def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere/hoa-son/to-devices").mkdir(parents=True)
    (tmp_path / "langso-courier").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileRefused):
        CourierStick(tmp_path, "hoa-son")


def test_one_that_was_pulled_is_not_written_to(stick: CourierStick, tmp_path: Path) -> None:
    (tmp_path / "langso-courier").rename(tmp_path / "gone")
    (tmp_path / "langso-courier").mkdir()
    with pytest.raises(FileRefused, match="USB"):
        stick.write(Letter("plan"), b"{}")

"""Writing a stick: what does not fit is refused before, what is there stays until the new one is proven."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.packages import stick as sticks
from deploy.packages.stick import FOLDER, InstallStickRefused, newest, sizes, stick_name, write_stick

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    (made / "bookworm").mkdir(parents=True)
    (made / "bookworm/one_1_all.deb").write_bytes(b"one" * 1000)
    (made / "cai-dat.sh").write_bytes(b"#!/bin/sh\n")
    return made


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    place = tmp_path / "usb"
    (place / FOLDER).mkdir(parents=True)
    (place / FOLDER / "old").write_bytes(b"old")
    (place / "photos").mkdir()
    return place


def names(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def test_the_new_stick_takes_the_place_of_the_old_and_leaves_other_files_alone(folder: Path, stick: Path) -> None:
    place = write_stick(folder, stick)
    assert names(place) == names(folder)
    assert (place / "bookworm/one_1_all.deb").read_bytes() == b"one" * 1000
    assert {path.name for path in stick.iterdir()} == {FOLDER, "photos"}


def test_a_stick_too_small_is_refused_before_anything_is_written(
    folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, sizes(folder)))
    with pytest.raises(InstallStickRefused, match="còn trống"):
        write_stick(folder, stick)
    assert names(stick) == {f"{FOLDER}/old"}


def test_a_stick_that_gives_back_other_bytes_is_refused_and_the_old_one_stays(
    folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(file: int, *_: int) -> None:
        path = Path(f"/proc/self/fd/{file}").readlink()
        if path.suffix == ".deb":
            path.write_bytes(b"two" * 1000)

    monkeypatch.setattr(os, "posix_fadvise", spoil)
    with pytest.raises(InstallStickRefused, match=r"one_1_all\.deb"):
        write_stick(folder, stick)
    assert (stick / FOLDER / "old").is_file()


def test_a_stick_that_fills_up_while_it_is_written_keeps_the_old_one(
    folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InstallStickRefused, match="USB"):
        write_stick(folder, stick)
    assert (stick / FOLDER / "old").is_file()


def test_pulled_out_between_the_two_renames_the_old_one_comes_back(folder: Path, stick: Path) -> None:
    (stick / FOLDER).rename(stick / f"{FOLDER}.cu")
    (stick / f"{FOLDER}.moi").mkdir()
    (stick / f"{FOLDER}.moi/half").write_bytes(b"")
    small = sizes(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(small, small, 0))
        with pytest.raises(InstallStickRefused):
            write_stick(folder, stick)
    assert names(stick) == {f"{FOLDER}/old"}


def test_the_newest_of_each_role_and_machine_goes_on_the_stick(tmp_path: Path) -> None:
    for name in (
        "langso-office_0.1.0+git9.g1~deb12_amd64.deb",
        "langso-office_0.1.0+git10.g0~deb12_amd64.deb",
        "langso-office_0.1.0+git8.gf~deb12_arm64.deb",
        "langso-speaker_0.1.0~deb12_amd64.deb",
        "langso-office_0.1.0+git11.g0~deb12_amd64.deb.new",
        "other_9_amd64.deb",
    ):
        (tmp_path / name).touch()
    assert [one.file.name for one in newest(tmp_path)] == [
        "langso-office_0.1.0+git10.g0~deb12_amd64.deb",
        "langso-office_0.1.0+git8.gf~deb12_arm64.deb",
        "langso-speaker_0.1.0~deb12_amd64.deb",
    ]


@pytest.mark.parametrize(
    ("name", "on_the_stick"),
    [
        ("libegl1_1%3a1.6.0_amd64.deb", "libegl1_1.6.0_amd64.deb"),
        ("espeak-ng_1.51+dfsg-10+deb12u2_amd64.deb", "espeak-ng_1.51+dfsg-10+deb12u2_amd64.deb"),
        ("libx_10%3a5%2b1_all.deb", "libx_5%2b1_all.deb"),
    ],
)
def test_names_on_a_stick_have_no_epoch(name: str, on_the_stick: str) -> None:
    assert stick_name(name) == on_the_stick


def test_a_machine_without_a_signing_key_is_told_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed here")
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    with pytest.raises(sticks.PackagingError, match="langso bundle --help"):
        sticks.fingerprint_of("")

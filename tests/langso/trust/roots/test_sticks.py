"""Which folder is a stick, and that no machine sees two root keys."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.trust import SigningKey, threshold_of
from langso.trust.roots.ceremony import make_key, sign_with, sit_down
from langso.trust.roots.errors import RootKeyDamaged, StickRefused
from langso.trust.roots.passphrase_cipher import QUICK
from langso.trust.roots.sticks import (
    KernelView,
    StickMemory,
    hold_stick,
    keep_memory,
    key_name,
    key_on,
    read_memory,
    refuse_a_second_key,
)

from .conftest import NOW, PHRASE, Commune

LINE = "36 29 {device} / {folder} rw,nosuid,nodev - {kind} {source} rw\n"


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., KernelView]:
    """A made-up machine: its system on disk 8:0 (partitions 8:1, 8:2), sticks on 8:16 and 8:32."""
    devices = tmp_path / "sys"
    for disk, parts in (("8:0", ("8:1", "8:2")), ("8:16", ("8:17",)), ("8:32", ("8:33",))):
        real = tmp_path / "disks" / disk
        real.mkdir(parents=True)
        (real / "dev").write_text(disk + "\n")
        devices.mkdir(exist_ok=True)
        (devices / disk).symlink_to(real)
        for part in parts:
            (real / part).mkdir()
            (real / part / "partition").write_text("1\n")
            (real / part / "dev").write_text(part + "\n")
            (devices / part).symlink_to(real / part)
    crypt = tmp_path / "disks" / "253:0"
    (crypt / "slaves").mkdir(parents=True)
    (crypt / "slaves" / "sda2").symlink_to(devices / "8:2")
    (devices / "253:0").symlink_to(crypt)

    def make(*mounts: tuple[Path | str, str, str], root: str = "8:1") -> KernelView:
        lines = [LINE.format(device=root, folder="/", kind="ext4", source="/dev/sda1")]
        for folder, device, kind in mounts:
            shown = str(folder).replace(" ", "\\040")
            lines.append(LINE.format(device=device, folder=shown, kind=kind, source="/dev/x"))
        file = tmp_path / "mountinfo"
        file.write_text("".join(lines))
        return KernelView(file, devices)

    return make


def folders(machine: KernelView) -> list[str]:
    return [str(stick.folder) for stick in machine.sticks()]


def test_only_file_systems_of_other_disks_are_sticks(machine: Callable[..., KernelView]) -> None:
    found = machine(
        ("/media/usb", "8:17", "vfat"),
        ("/media/bà Lan", "8:33", "exfat"),
        ("/boot/firmware", "8:2", "vfat"),
        ("/home", "8:2", "ext4"),
        ("/tmp", "0:40", "tmpfs"),
        ("/mnt/nas", "0:41", "nfs4"),
    )
    assert folders(found) == ["/media/usb", "/media/bà Lan"]


def test_the_systems_own_disk_is_seen_through_encryption(machine: Callable[..., KernelView]) -> None:
    found = machine(("/boot", "8:1", "ext4"), ("/data", "8:2", "ext4"), ("/media/usb", "8:17", "vfat"), root="253:0")
    assert folders(found) == ["/media/usb"]


def test_a_folder_that_is_no_stick_is_refused_unless_told(tmp_path: Path, machine: Callable[..., KernelView]) -> None:
    folder = tmp_path / "usb"
    with pytest.raises(StickRefused, match="Không thấy"), hold_stick(folder, told=True, machine=machine()):
        pass
    folder.mkdir()
    for seen in (machine(), machine((folder, "8:2", "vfat")), machine((folder, "8:17", "vfat"))):
        with pytest.raises(StickRefused, match="--not-a-stick"), hold_stick(folder, told=False, machine=seen):
            pass
        with hold_stick(folder, told=True, machine=seen) as stick:
            assert stick.path == folder


def test_a_stick_pulled_while_it_is_being_looked_at_is_refused(
    tmp_path: Path, machine: Callable[..., KernelView], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was one when the kernel was asked; what had been opened before was the folder beneath."""
    folder = tmp_path / "usb"
    folder.mkdir()
    seen = machine((folder, "8:17", "vfat"))

    def plugged_in_now(_: object) -> bool:
        pull(folder)
        return True

    monkeypatch.setattr(os.path, "ismount", plugged_in_now)
    with pytest.raises(FileRefused, match="rút ra"), hold_stick(folder, told=False, machine=seen):
        pass


def pull(stick: Path) -> Path:
    """The stick is gone, its path shows a folder of the machine's own disk; where the stick is now."""
    gone = stick.with_name(f"{stick.name}-pulled")
    stick.rename(gone)
    stick.mkdir()
    return gone


def test_a_key_for_a_stick_that_was_pulled_is_written_nowhere_and_not_believed(tmp_path: Path) -> None:
    stick = tmp_path / "usb"
    stick.mkdir()
    with hold_stick(stick, told=True) as held:
        pull(stick)
        with pytest.raises(FileRefused, match="rút ra"):
            make_key(held, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)
    assert list(tmp_path.rglob("*.key")) == []


def test_a_key_whose_stick_goes_with_the_last_byte_is_not_on_this_machine_and_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "usb"
    stick.mkdir()

    def write_then_pull(*rest: Any, **more: Any) -> None:
        pull(stick)
        write_atomic(*rest, **more)

    monkeypatch.setattr("langso.durable.held_folder.write_atomic", write_then_pull)
    with hold_stick(stick, told=True) as held, pytest.raises(FileRefused, match="rút ra"):
        make_key(held, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)
    assert list(stick.iterdir()) == []
    assert [path.name for path in (tmp_path / "usb-pulled").iterdir()] == [key_name("hoa-son")]


def test_a_stick_that_gives_back_other_bytes_keeps_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(path: Path, data: bytes, **more: Any) -> None:
        write_atomic(path, data[:-1] + b"x", **more)

    monkeypatch.setattr("langso.durable.held_folder.write_atomic", forgets)
    with pytest.raises(FileRefused, match="không giống nhau"):
        make_key(tmp_path, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)


def test_a_signature_is_given_only_where_its_stick_remembers_it(commune: Commune) -> None:
    stick, read = commune.sticks[0], commune.founding()
    with hold_stick(stick, told=True) as held:
        sitting = sit_down(held, read)
        gone = pull(stick)
        with pytest.raises(FileRefused, match="rút ra"):
            sign_with(sitting, PHRASE)
    assert list(stick.iterdir()) == []
    assert read_memory(gone, commune.keys[0]) is None


def test_the_installation_stick_takes_no_root_key(tmp_path: Path) -> None:
    (tmp_path / "langso").mkdir()
    (tmp_path / "langso" / "cai-dat.sh").write_text("#!/bin/sh\n")
    with pytest.raises(StickRefused, match="USB cài đặt"):
        make_key(tmp_path, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)
    assert list(tmp_path.glob("*.key")) == []


def test_two_keys_of_a_commune_in_one_machine_are_refused(
    commune: Commune, machine: Callable[..., KernelView]
) -> None:
    first, second = commune.sticks[:2]
    both = machine((first, "8:17", "vfat"), (second, "8:33", "vfat"))
    with pytest.raises(StickRefused, match="rút USB kia"):
        refuse_a_second_key(first, "hoa-son", both)
    refuse_a_second_key(first, "xa-khac", both)
    refuse_a_second_key(first, "hoa-son", machine((first, "8:17", "vfat")))


def test_a_stick_takes_one_key_of_a_commune(commune: Commune) -> None:
    stick = commune.sticks[0]
    before = (stick / key_name("hoa-son")).read_bytes()
    with pytest.raises(StickRefused, match="USB khác"):
        make_key(stick, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)
    assert (stick / key_name("hoa-son")).read_bytes() == before
    make_key(stick, PHRASE, commune="xa-khac", holder="X", now=NOW, cost=QUICK)
    with pytest.raises(StickRefused, match="--commune"):
        key_on(stick)
    assert key_on(stick, "hoa-son").holder == "Chủ tịch xã"


def test_an_empty_stick_is_told(tmp_path: Path) -> None:
    with pytest.raises(StickRefused, match="hoa-son"):
        key_on(tmp_path, "hoa-son")


def test_a_memory_that_was_changed_is_not_believed_and_not_forgotten(commune: Commune) -> None:
    stick, key = commune.sticks[0], commune.keys[0]
    assert read_memory(stick, key) is None
    thief = SigningKey.generate()
    memory = StickMemory(commune="hoa-son", root=threshold_of([thief]), trust=7)
    keep_memory(stick, thief, memory)
    with pytest.raises(RootKeyDamaged, match="báo xã"):
        read_memory(stick, key)
    (stick / "langso-root-hoa-son.seen").write_bytes(b"")
    with pytest.raises(RootKeyDamaged):
        read_memory(stick, key)


@pytest.fixture
def real_stick(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Real file systems, mounted: FAT, or ext4 where this kernel knows no FAT; only for root with loop devices."""
    mounted: list[Path] = []

    def make(name: str) -> Path:
        image, folder = tmp_path / f"{name}.img", tmp_path / name
        folder.mkdir()
        for format in (["mkfs.vfat", "-n", "KHOA"], ["mkfs.ext4", "-q", "-F"]):
            with image.open("wb") as file:
                file.truncate(8 << 20)
            for command in ([*format, str(image)], ["mount", "-o", "loop", str(image), str(folder)]):
                if subprocess.run(command, capture_output=True, check=False).returncode:
                    break
            else:
                mounted.append(folder)
                return folder
        pytest.skip("no file system can be mounted here")

    if os.geteuid() != 0 or not {"/usr/sbin", "/sbin"} & set(os.environ.get("PATH", "").split(":")):
        pytest.skip("only root can mount a stick")
    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=False)


def test_a_real_stick_is_one_and_keeps_a_key(real_stick: Callable[..., Path]) -> None:
    stick = real_stick("usb")
    with hold_stick(stick, told=False) as held:
        made = make_key(held, PHRASE, commune="hoa-son", holder="Chủ tịch xã", now=NOW, cost=QUICK)
    assert key_on(stick, "hoa-son") == made
    other = real_stick("usb2")
    make_key(other, PHRASE, commune="hoa-son", holder="Bí thư xã", now=NOW, cost=QUICK)
    with pytest.raises(StickRefused, match="hai khoá"):
        refuse_a_second_key(stick, "hoa-son")


def test_a_full_stick_is_told_and_left_without_half_a_key(real_stick: Callable[..., Path]) -> None:
    stick = real_stick("usb")
    with (stick / "day").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    with pytest.raises(FileRefused, match="hết chỗ"):
        make_key(stick, PHRASE, commune="hoa-son", holder="Chủ tịch xã", now=NOW, cost=QUICK)
    assert not (stick / key_name("hoa-son")).exists()


def test_a_real_stick_that_is_pulled_takes_no_key_and_leaves_none_behind(real_stick: Callable[..., Path]) -> None:
    stick = real_stick("usb")
    with hold_stick(stick, told=False) as held:
        subprocess.run(["umount", "--lazy", str(stick)], check=True)
        with pytest.raises(FileRefused, match="rút ra"):
            make_key(held, PHRASE, commune="hoa-son", holder="Chủ tịch xã", now=NOW, cost=QUICK)
    assert list(stick.iterdir()) == []

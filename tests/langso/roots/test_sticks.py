"""Which folder is a stick, and that no machine sees two root keys."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from langso.errors import FileRefused
from langso.roots.ceremony import make_key
from langso.roots.errors import RootKeyDamaged, StickRefused
from langso.roots.key_file import QUICK
from langso.roots.sticks import (
    Machine,
    StickMemory,
    keep_memory,
    key_file,
    key_on,
    read_memory,
    refuse_a_second_key,
    require_stick,
)
from langso.trust import SigningKey, threshold_of

from .conftest import NOW, PHRASE, Commune

LINE = "36 29 {device} / {folder} rw,nosuid,nodev - {kind} {source} rw\n"


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
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

    def make(*mounts: tuple[Path | str, str, str], root: str = "8:1") -> Machine:
        lines = [LINE.format(device=root, folder="/", kind="ext4", source="/dev/sda1")]
        for folder, device, kind in mounts:
            shown = str(folder).replace(" ", "\\040")
            lines.append(LINE.format(device=device, folder=shown, kind=kind, source="/dev/x"))
        file = tmp_path / "mountinfo"
        file.write_text("".join(lines))
        return Machine(file, devices)

    return make


def folders(machine: Machine) -> list[str]:
    return [str(stick.folder) for stick in machine.sticks()]


def test_only_file_systems_of_other_disks_are_sticks(machine: Callable[..., Machine]) -> None:
    found = machine(
        ("/media/usb", "8:17", "vfat"),
        ("/media/bà Lan", "8:33", "exfat"),
        ("/boot/firmware", "8:2", "vfat"),
        ("/home", "8:2", "ext4"),
        ("/tmp", "0:40", "tmpfs"),
        ("/mnt/nas", "0:41", "nfs4"),
    )
    assert folders(found) == ["/media/usb", "/media/bà Lan"]


def test_the_systems_own_disk_is_seen_through_encryption(machine: Callable[..., Machine]) -> None:
    found = machine(("/boot", "8:1", "ext4"), ("/data", "8:2", "ext4"), ("/media/usb", "8:17", "vfat"), root="253:0")
    assert folders(found) == ["/media/usb"]


def test_a_folder_that_is_no_stick_is_refused_unless_told(tmp_path: Path, machine: Callable[..., Machine]) -> None:
    folder = tmp_path / "usb"
    with pytest.raises(StickRefused, match="Không thấy"):
        require_stick(folder, told=True, machine=machine())
    folder.mkdir()
    for seen in (machine(), machine((folder, "8:2", "vfat")), machine((folder, "8:17", "vfat"))):
        with pytest.raises(StickRefused, match="--not-a-stick"):
            require_stick(folder, told=False, machine=seen)
        require_stick(folder, told=True, machine=seen)


def test_two_keys_of_a_commune_in_one_machine_are_refused(commune: Commune, machine: Callable[..., Machine]) -> None:
    first, second = commune.sticks[:2]
    both = machine((first, "8:17", "vfat"), (second, "8:33", "vfat"))
    with pytest.raises(StickRefused, match="rút USB kia"):
        refuse_a_second_key(first, "hoa-son", both)
    refuse_a_second_key(first, "xa-khac", both)
    refuse_a_second_key(first, "hoa-son", machine((first, "8:17", "vfat")))


def test_a_stick_takes_one_key_of_a_commune(commune: Commune) -> None:
    stick = commune.sticks[0]
    before = key_file(stick, "hoa-son").read_bytes()
    with pytest.raises(StickRefused, match="USB khác"):
        make_key(stick, PHRASE, commune="hoa-son", holder="X", now=NOW, cost=QUICK)
    assert key_file(stick, "hoa-son").read_bytes() == before
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
    require_stick(stick, told=False)
    made = make_key(stick, PHRASE, commune="hoa-son", holder="Chủ tịch xã", now=NOW, cost=QUICK)
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
    assert not key_file(stick, "hoa-son").exists()

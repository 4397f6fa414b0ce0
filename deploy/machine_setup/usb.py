"""The sticks in this machine: shown with name and size, mounted only while they are used."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import AnswerMissing
from langso.durable.errors import FileRefused
from langso.durable.held_folder import HeldFolder
from langso.trust.roots.errors import StickRefused
from langso.trust.roots.sticks import KernelView, hold_stick
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

MOUNTS = Path("/media/langso")
is_mounted = os.path.ismount
# Nothing on a stick is a program, a device or somebody else's right.
_OPTIONS = "rw,nosuid,nodev,noexec,sync"
_KINDS = ("vfat", "exfat", "ntfs", "ext4", "ext3", "ext2", "f2fs", "btrfs", "xfs")


@dataclass(frozen=True)
class Stick:
    """A file system on a stick. `folder`: where it is mounted, None where it is not; `device`: /dev/sdb1."""

    label: str
    size: str
    folder: Path | None
    device: str

    def named(self) -> str:
        """As a list shows it."""
        label = self.label or t("setup-stick-no-name")
        if self.folder:
            return harmless(t("setup-stick-at", label=label, size=self.size, folder=self.folder))
        return harmless(f"{label}, {self.size}")


def sticks(machine: KernelView | None = None) -> list[Stick]:
    """Every stick in the machine, mounted or not."""
    known = _block_devices()
    mounted = [
        Stick(
            known.get(one.source, {}).get("label") or one.folder.name,
            _size(one.folder),
            one.folder,
            one.source,
        )
        for one in (machine or KernelView()).sticks()
        if one.folder.is_dir()
    ]
    there = {one.device for one in mounted}
    loose = [
        Stick(str(found.get("label") or ""), str(found.get("size") or "?"), None, device)
        for device, found in known.items()
        if found.get("loose") and device not in there
    ]
    return [*mounted, *loose]


@contextlib.contextmanager
def stick_for(
    talk: Dialogue, question: str, option: str, *, given: Path | None = None, told: bool = False
) -> Iterator[HeldFolder]:
    """The stick that is meant, held open: the option's, or the one a person picks. Mounted by us, it is let go of
    at the end, so that it can be pulled out. Raises StickRefused, FileRefused, AnswerMissing.
    """
    if given is not None:
        with hold_stick(given, told=told) as stick:
            yield stick
        return
    if not talk.asks:
        raise AnswerMissing(Sentence("setup-missing", option=option, question=question))
    chosen = _picked(talk, question, option)
    with _held(chosen) as stick:
        yield stick


@contextlib.contextmanager
def opened() -> Iterator[list[HeldFolder]]:
    """All sticks in the machine, held open; what we mount for that is let go of at the end. Never raises."""
    with contextlib.ExitStack() as kept:
        found = []
        for one in sticks():
            with contextlib.suppress(StickRefused, FileRefused):
                found.append(kept.enter_context(_held(one)))
        yield found


@contextlib.contextmanager
def _held(stick: Stick) -> Iterator[HeldFolder]:
    """Held before it is looked for once more: pulled meanwhile, its folder would be one of this machine's disk."""
    if stick.folder is None:
        with _mounted(stick) as held:
            yield held
        return
    with HeldFolder(stick.folder) as held:
        if not any(one.folder == stick.folder and one.device == stick.device for one in sticks()):
            raise StickRefused(Sentence("setup-stick-pulled", named=stick.named()))
        held.require_there()
        yield held


@contextlib.contextmanager
def _mounted(stick: Stick) -> Iterator[HeldFolder]:
    folder = _mount(stick)
    try:
        with HeldFolder(folder) as held:
            if not is_mounted(folder):
                raise StickRefused(Sentence("setup-stick-pulled", named=stick.named()))
            held.require_there()
            yield held
    finally:
        _run("umount", str(folder))
        with contextlib.suppress(OSError):
            folder.rmdir()


def _picked(talk: Dialogue, question: str, option: str) -> Stick:
    for _ in range(20):
        found = sticks()
        if not found:
            talk.wait(t("setup-plug-in"))
            continue
        if len(found) == 1:
            talk.say(t("setup-uses-stick", named=found[0].named()))
            return found[0]
        return found[talk.choose(question, option, [one.named() for one in found])]
    raise StickRefused(Sentence("setup-no-stick"))


def _mount(stick: Stick) -> Path:
    folder = MOUNTS / Path(stick.device).name
    folder.mkdir(parents=True, exist_ok=True)
    said = _run("mount", "-o", _OPTIONS, stick.device, str(folder))
    if said is not None:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise StickRefused(Sentence("setup-stick-unreadable", named=stick.named(), said=said))
    return folder


def _block_devices() -> dict[str, dict[str, Any]]:
    """What lsblk says of each file system, by device; `loose`: on a stick and mounted nowhere."""
    program = shutil.which("lsblk")
    if program is None:
        return {}
    columns = "PATH,LABEL,SIZE,FSTYPE,MOUNTPOINT,RM,HOTPLUG,TRAN,TYPE"
    done = subprocess.run([program, "-J", "-o", columns], capture_output=True, text=True, check=False, timeout=20)
    try:
        listed = json.loads(done.stdout or "{}").get("blockdevices", [])
    except ValueError:
        return {}
    found: dict[str, dict[str, Any]] = {}

    def look(node: dict[str, Any], stick: bool, used: bool) -> None:
        stick = stick or node.get("tran") == "usb" or node.get("rm") is True or node.get("hotplug") is True
        loose = stick and not used and not node.get("mountpoint") and node.get("fstype") in _KINDS
        found[str(node.get("path"))] = {**node, "loose": loose}
        for child in node.get("children") or []:
            look(child, stick, used)

    for disk in listed:
        look(disk, False, _holds_the_system(disk))
    return found


def _holds_the_system(node: dict[str, Any]) -> bool:
    mounted = node.get("mountpoint")
    if mounted in ("/", "/boot", "/boot/firmware", "/boot/efi", "[SWAP]", "/usr"):
        return True
    return any(_holds_the_system(child) for child in node.get("children") or [])


def _size(folder: Path) -> str:
    try:
        total = shutil.disk_usage(folder).total
    except OSError:
        return "?"
    return f"{total / 1e9:.0f} GB" if total >= 1e9 else f"{total / 1e6:.0f} MB"


def _run(*command: str) -> str | None:
    """None where it went well, else what the program said."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return None if done.returncode == 0 else ((done.stderr or done.stdout).strip().splitlines() or ["?"])[-1]

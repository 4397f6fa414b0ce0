"""A FAT stick itself: mounted by the command, pulled at any moment, without room."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from deploy.courier.mounting import opened
from langso.courier.errors import CourierRefused

MIB = 1 << 20
PULLED = 50


def _loop(image: Path) -> str:
    command = ["losetup", "--show", "-f", str(image)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with an empty FAT in it; where this kernel has none, a file system that has no journal either."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        pytest.skip("needs root and loop devices")
    path = tmp_path / "stick.img"
    with path.open("wb") as file:
        file.truncate(10 * MIB)
    if "\tvfat\n" in Path("/proc/filesystems").read_text(encoding="ascii") and shutil.which("mkfs.vfat"):
        make = ["mkfs.vfat"]
    else:
        monkeypatch.setattr("deploy.courier.mounting.KINDS", "ext4")
        make = ["mkfs.ext4", "-q", "-O", "^has_journal"]
    subprocess.run([*make, str(path)], check=True, capture_output=True)
    return path


@pytest.fixture
def plugged(image: Path) -> Iterator[Path]:
    """The stick as a block device."""
    device = _loop(image)
    yield Path(device)
    subprocess.run(["losetup", "-d", device], check=True)


def test_it_is_mounted_so_that_nothing_on_it_runs_and_left_unmounted(plugged: Path) -> None:
    with opened(plugged, write=True) as folder:
        (folder / "a").write_bytes(b"x")
    with opened(plugged, write=False) as folder:
        assert (folder / "a").read_bytes() == b"x"
        (line,) = [line for line in Path("/proc/mounts").read_text().splitlines() if f" {folder} " in line]
        assert {"ro", "nodev", "nosuid", "noexec", "nosymfollow"} <= set(line.split()[3].split(","))
        with pytest.raises(OSError, match="Read-only"):
            (folder / "b").write_bytes(b"x")
    assert not folder.exists()


def test_what_is_no_fat_is_refused_with_what_to_do(image: Path) -> None:
    image.write_bytes(bytes(4 * MIB))
    device = _loop(image)
    try:
        with pytest.raises(CourierRefused, match="FAT"), opened(Path(device), write=False):
            pass
    finally:
        subprocess.run(["losetup", "-d", device], check=True)


def test_pulled_at_fifty_moments_it_never_harms_and_in_the_end_all_arrives(
    hamlet: Any, plugged: Path, image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stick's bytes are kept as they are before each call that makes something durable while the office writes;
    each of these sticks is then carried to the hamlet.
    """
    hamlet.scheduled()
    hamlet.office.orders.give("loa-7", "republish_state")
    hamlet.office.orders.give("kiosk-7", "republish_state")
    kept: list[Path] = []

    def keeping(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if threading.current_thread() is threading.main_thread() and len(kept) < PULLED:
                kept.append(tmp_path / f"pulled-{len(kept)}.img")
                shutil.copyfile(image, kept[-1])
            return real(*args, **more)

        return call

    with opened(plugged, write=True) as folder, monkeypatch.context() as watched:
        for name in ("fsync", "replace", "mkdir"):
            watched.setattr(os, name, keeping(getattr(os, name)))
        hamlet.at(hamlet.office, "export", folder)
    assert len(kept) > 20
    plans = 0
    for stick in kept:
        device = _loop(stick)
        try:
            # Half a file system, half a letter: refused or passed over, in a sentence.
            with opened(Path(device), write=False) as folder:
                carried = hamlet.at(hamlet.speaker, "import", folder)
                assert all(one.outcome != "refused" or one.why for one in carried.outcomes)
                plans += any(one.name == "plan.json" for one in carried.outcomes)
        except (CourierRefused, OSError):
            pass
        finally:
            subprocess.run(["losetup", "-d", device], check=True)
            stick.unlink()
    # Some were pulled before the plan lay there, some after.
    assert 0 < plans < len(kept)
    with opened(plugged, write=False) as folder:
        hamlet.at(hamlet.speaker, "import", folder)
    assert hamlet.speaker.keeper.held("plan") is not None
    assert until(lambda: hamlet.speaker.library.counts()[0] == hamlet.speaker.library.counts()[1] > 0)


def test_a_stick_without_room_takes_the_letters_and_says_what_is_missing(
    hamlet: Any, plugged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hamlet.scheduled()
    with opened(plugged, write=True) as folder:
        free = shutil.disk_usage(folder).free
        (folder / "phim.mp4").write_bytes(bytes(free - 2 * MIB))
        carried = hamlet.at(hamlet.office, "export", folder)
    assert carried.left > 0
    with opened(plugged, write=False) as folder:
        carried = hamlet.at(hamlet.speaker, "import", folder)
    assert hamlet.speaker.keeper.held("plan") is not None
    assert carried.missing > 0

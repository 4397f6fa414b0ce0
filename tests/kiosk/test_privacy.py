"""The visit's folder: in memory, closed to others, and gone however the visit ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.privacy import Workspace, filesystem, home_in_memory


def test_wiping_leaves_nothing_and_late_writers_are_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    visit = workspace.visit
    workspace.write("page-1.jpg", b"scan", visit)
    (workspace.home / "folder").mkdir()
    (workspace.home / "folder" / "deep").write_bytes(b"x")
    workspace.wipe()
    assert workspace.files() == []
    assert workspace.write("page-2.jpg", b"late", visit) is None
    assert workspace.files() == []


def test_what_a_power_cut_left_is_wiped_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from kiosk.privacy import Workspace;"
        "Workspace(Path(sys.argv[1])).write('page-1.jpg', b'scan'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "visit")], cwd=Path(__file__).parents[2], check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert (tmp_path / "visit" / "page-1.jpg").exists()
    assert Workspace(tmp_path / "visit").files() == []


def test_only_the_kiosks_own_user_can_look(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    path = workspace.write("a", b"x")
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert workspace.home.stat().st_mode & 0o777 == 0o700


def test_a_link_laid_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (workspace.home / "page-1.jpg").symlink_to(outside)
    with pytest.raises(OSError, match="page-1"):
        workspace.write("page-1.jpg", b"scan")
    workspace.wipe()
    assert outside.read_bytes() == b"mine"


@given(st.text(max_size=40))
def test_a_name_never_leads_out_of_the_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    workspace = Workspace(tmp_path_factory.getbasetemp() / "names" / "visit")
    try:
        path = workspace.write(name, b"x")
    except (ValueError, OSError):
        return
    assert path is not None
    assert path.resolve().parent == workspace.home.resolve()
    workspace.wipe()


def test_dropping_a_file_elsewhere_does_nothing(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"x")
    Workspace(tmp_path / "visit").drop(other)
    assert other.exists()


def test_the_folder_is_in_memory_where_there_is_any(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\ntmpfs {tmp_path}/run tmpfs rw 0 0\n")
    assert home_in_memory(tmp_path / "run", mounts=mounts) == tmp_path / "run" / "visit"
    mounts.write_text("disk / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n")
    assert home_in_memory(tmp_path / "run", mounts=mounts).is_relative_to("/dev/shm")
    assert home_in_memory(tmp_path / "run", mounts=mounts) != home_in_memory(tmp_path / "other", mounts=mounts)


def test_the_file_system_of_a_place_is_the_nearest_mount_above_it(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nt {tmp_path}/a tmpfs rw 0 0\nbroken\n")
    assert filesystem(tmp_path / "a" / "b", mounts) == "tmpfs"
    assert filesystem(tmp_path / "ab", mounts) == "ext4"
    assert filesystem(tmp_path, tmp_path / "absent") == ""

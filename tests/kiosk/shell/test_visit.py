"""What a visit leaves: nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.shell.visit import Workspace, filesystem, home_in_memory


def test_what_an_earlier_run_left_is_wiped_at_start(tmp_path: Path) -> None:
    home = tmp_path / "visit"
    (home / "folder").mkdir(parents=True)
    (home / "page-1.jpg").write_bytes(b"x")
    (home / "folder" / "deep").write_bytes(b"x")
    assert Workspace(home).files() == []


def test_a_late_writer_of_an_ended_visit_writes_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    visit = workspace.visit
    assert workspace.write("a", b"1", visit) is not None
    workspace.wipe()
    assert workspace.write("a", b"1", visit) is None
    assert workspace.files() == []


def test_wiping_does_not_follow_links_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"x")
    workspace = Workspace(tmp_path / "visit")
    (workspace.home / "link").symlink_to(outside)
    workspace.wipe()
    assert (outside / "kept").exists()
    assert workspace.files() == []


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "visit")
    path = workspace.write("page", b"x")
    assert path is not None
    assert workspace.home.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


@given(st.text(max_size=40))
def test_a_name_never_leaves_the_folder(name: str) -> None:
    if "/" in name or name in ("", ".", ".."):
        workspace = Workspace.__new__(Workspace)
        with pytest.raises(ValueError, match="not a plain file name"):
            workspace.write(name, b"")


def test_memory_is_preferred_to_a_disk(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\ntmpfs {tmp_path} tmpfs rw 0 0\n")
    assert home_in_memory(tmp_path, mounts=mounts) == tmp_path / "visit"
    mounts.write_text("/dev/sda / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n")
    assert home_in_memory(tmp_path, mounts=mounts).is_relative_to("/dev/shm")
    mounts.write_text("/dev/sda / ext4 rw 0 0\n")
    assert home_in_memory(tmp_path, mounts=mounts) == tmp_path / "visit"


def test_the_nearest_mount_counts(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("a / ext4\nb /run tmpfs\nc /run/langso ext4\nbroken\n")
    assert filesystem(Path("/run/langso/x"), mounts) == "ext4"
    assert filesystem(Path("/runner"), mounts) == "ext4"
    assert filesystem(Path("/run/x"), mounts) == "tmpfs"
    assert filesystem(Path("/run/x"), tmp_path / "absent") == ""

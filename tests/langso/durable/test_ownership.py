"""What root makes in a service's folder belongs to the service. Real users, so only as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.durable.ownership import acting_as_owner, give_to_owner

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may be another user")
SERVICE = pwd.getpwnam("daemon")


@pytest.fixture
def state() -> Iterator[Path]:
    """A service's state folder, of the user `daemon`, where everybody may come by (pytest's own is root's alone)."""
    place = Path(tempfile.mkdtemp(prefix="langso-owner-"))
    place.chmod(0o755)
    folder = place / "langso-speaker"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(folder, SERVICE.pw_uid, SERVICE.pw_gid)
    yield folder
    shutil.rmtree(place)


def service_reads(path: Path) -> bytes:
    """As the service's own user, in a process of its own."""
    done = subprocess.run(
        ["cat", str(path)],
        user=SERVICE.pw_uid,
        group=SERVICE.pw_gid,
        extra_groups=[],
        capture_output=True,
        check=True,
    )
    return done.stdout


def owners(folder: Path) -> set[tuple[int, int]]:
    return {(path.lstat().st_uid, path.lstat().st_gid) for path in folder.rglob("*")}


@as_root
def test_what_is_made_within_is_the_services(state: Path) -> None:
    with acting_as_owner(state):
        (state / "pairing").mkdir(mode=0o700)
        write_atomic(state / "pairing" / "tls.key", b"secret")
        (state / "current").symlink_to("pairing")
    assert owners(state) == {(SERVICE.pw_uid, SERVICE.pw_gid)}
    assert service_reads(state / "pairing" / "tls.key") == b"secret"


@as_root
def test_a_folder_yet_to_be_made_is_of_the_owner_above(state: Path) -> None:
    with acting_as_owner(state / "a" / "b"):
        (state / "a" / "b").mkdir(parents=True)
    assert owners(state) == {(SERVICE.pw_uid, SERVICE.pw_gid)}


@as_root
def test_root_and_its_groups_come_back_even_after_an_error(state: Path) -> None:
    before = (os.geteuid(), os.getegid(), os.getgroups())
    within = []

    def fails() -> None:
        with acting_as_owner(state):
            within.extend([os.geteuid(), os.getegid(), 0 in os.getgroups()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert within == [SERVICE.pw_uid, SERVICE.pw_gid, False]
    assert (os.geteuid(), os.getegid(), os.getgroups()) == before


@as_root
def test_within_root_may_do_no_more_than_the_service(state: Path) -> None:
    with acting_as_owner(state), pytest.raises(FileRefused):
        write_atomic(state.parent / "beside", b"")


@as_root
def test_nested_the_outermost_counts(state: Path) -> None:
    with acting_as_owner(state):
        with acting_as_owner(Path("/root")):
            assert os.geteuid() == SERVICE.pw_uid
        assert os.geteuid() == SERVICE.pw_uid


@as_root
def test_what_an_older_langso_left_as_root_is_given_first(state: Path) -> None:
    (state / "pairing").mkdir(mode=0o700)
    write_atomic(state / "pairing" / "tls.key", b"old")
    with acting_as_owner(state):
        write_atomic(state / "pairing" / "tls.key", b"new")
    assert service_reads(state / "pairing" / "tls.key") == b"new"


@as_root
def test_neither_links_nor_second_names_nor_files_of_others_are_given(state: Path) -> None:
    outside = state.parent / "outside"
    outside.write_bytes(b"root's")
    (state / "link").symlink_to(outside)
    os.link(outside, state / "second-name")
    (state / "others").write_bytes(b"")
    os.chown(state / "others", 65534, 65534)
    assert give_to_owner(state) == "daemon"
    assert outside.stat().st_uid == 0
    assert (state / "others").stat().st_uid == 65534


@as_root
def test_a_folder_of_roots_stays_roots(tmp_path: Path) -> None:
    with acting_as_owner(tmp_path):
        assert os.geteuid() == 0
    assert give_to_owner(tmp_path) is None


def test_without_root_nothing_changes(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "seteuid", lambda _: pytest.fail("changed its user"))
    with acting_as_owner(state):
        write_atomic(state / "file", b"")


@as_root
def test_who_only_looks_gives_nothing_away_and_sees_no_more_than_the_service(state: Path) -> None:
    (state / "left").write_bytes(b"x")
    (state / "left").chmod(0o600)
    with acting_as_owner(state, give=False):
        assert os.geteuid() == SERVICE.pw_uid
        with pytest.raises(PermissionError):
            (state / "left").read_bytes()
    assert os.geteuid() == 0
    assert (state / "left").stat().st_uid == 0
    with acting_as_owner(state):
        assert (state / "left").read_bytes() == b"x"

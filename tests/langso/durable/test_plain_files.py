"""Who may lay things into a folder can make nobody wait there, nor lead anybody elsewhere."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from at_once import at_once

from langso.device import pairing
from langso.device.pairing import load_paired, waiting_request
from langso.device.pairing_stand import stand_of
from langso.durable.errors import AlreadyRunning, FileRefused, StoreError
from langso.durable.files import open_plain, read_limited
from langso.durable.held_folder import HeldFolder
from langso.durable.single_instance import SingleInstance, open_lock
from langso.durable.store import Store
from langso.trust.roots.passphrase import from_file


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("lay", [pipe, unix_socket, device, Path.mkdir])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, lay: Callable[[Path], None]) -> None:
    lay(tmp_path / "a")
    with pytest.raises(FileRefused, match=r"Không đọc được .*/a: "):
        at_once(lambda: read_limited(tmp_path / "a", 100))


def test_a_pipe_that_is_being_written_is_refused_too(tmp_path: Path) -> None:
    pipe(tmp_path / "a")
    writer = os.open(tmp_path / "a", os.O_RDWR)
    os.write(writer, b"trust")
    try:
        with pytest.raises(FileRefused, match="không phải một tệp"):
            at_once(lambda: read_limited(tmp_path / "a", 100))
    finally:
        os.close(writer)


def test_a_link_is_followed_only_in_ones_own_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"root's")
    (tmp_path / "a").symlink_to("secret")
    assert read_limited(tmp_path / "a", 100) == b"root's"
    with pytest.raises(FileRefused, match="đường dẫn tắt"):
        read_limited(tmp_path / "a", 100, follow=False)
    assert read_limited(tmp_path / "secret", 100, follow=False) == b"root's"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: another user's folder")
def test_a_link_that_another_user_laid_leads_root_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"root's")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a").symlink_to(tmp_path / "secret")
    (tmp_path / "theirs" / "b").write_bytes(b"theirs")
    (tmp_path / "ours").symlink_to("theirs")
    os.chown(tmp_path / "theirs", 1, 1)
    for folder in ("theirs", "ours"):
        with pytest.raises(FileRefused, match="đường dẫn tắt"):
            read_limited(tmp_path / folder / "a", 100)
        assert read_limited(tmp_path / folder / "b", 100) == b"theirs"
    # What root was told to follow it follows.
    assert read_limited(tmp_path / "theirs" / "a", 100, follow=True) == b"root's"
    os.chown(tmp_path / "theirs", 0, 0)
    assert read_limited(tmp_path / "theirs" / "a", 100) == b"root's"


def test_a_device_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device(tmp_path / "a")
    opened: list[str] = []
    real = os.open

    def noted(path: str, *more: int, **named: int | None) -> int:
        opened.append(str(path))
        return real(path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", noted)
    for name in ("a", "/dev/zero"):
        with pytest.raises(FileRefused, match="không phải một tệp"):
            read_limited(tmp_path / name, 100)
    assert set(opened) == {str(tmp_path), "/dev"}


def test_a_file_that_was_opened_is_not_given_to_children_and_is_closed_when_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with open_plain(tmp_path / "a") as file:
        assert not os.get_inheritable(file.fileno())
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(FileRefused):
            open_plain(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_who_names_a_pipe_himself_may_mean_it(tmp_path: Path) -> None:
    pipe(tmp_path / "phrase")
    writer = threading.Thread(target=lambda: (tmp_path / "phrase").write_bytes(b"mot cau dai\n"))
    writer.start()
    assert at_once(lambda: from_file(tmp_path / "phrase")) == "mot cau dai"
    writer.join()
    with pytest.raises(FileRefused):
        at_once(lambda: from_file(Path("/dev/zero")))


def test_a_pipe_on_a_stick(tmp_path: Path) -> None:
    pipe(tmp_path / "a.json")
    with HeldFolder(tmp_path) as stick, pytest.raises(FileRefused, match="không phải một tệp"):
        at_once(lambda: stick.read("a.json", 100))


def test_a_pipe_or_a_link_where_a_lock_belongs(tmp_path: Path) -> None:
    pipe(tmp_path / "a.lock")
    (tmp_path / "b.lock").symlink_to("elsewhere")

    def hold(path: Path) -> None:
        with SingleInstance(path):
            pass

    with pytest.raises(FileRefused, match="không phải một tệp"):
        at_once(lambda: hold(tmp_path / "a.lock"))
    with pytest.raises(FileRefused):
        at_once(lambda: hold(tmp_path / "b.lock"))
    assert not (tmp_path / "elsewhere").exists()
    descriptor = open_lock(tmp_path / "c.lock")
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(AlreadyRunning):
        at_once(lambda: hold(tmp_path / "c.lock"))
    os.close(descriptor)


@pytest.mark.parametrize("side", ["", "-journal", "-wal", "-shm"])
def test_a_pipe_beside_a_database(tmp_path: Path, side: str) -> None:
    path = tmp_path / "office.db"
    if side:
        Store(path, ()).close()
        path.with_name(path.name + side).unlink(missing_ok=True)
    pipe(path.with_name(path.name + side))
    with pytest.raises(StoreError, match="không phải một tệp"):
        at_once(lambda: Store(path, ()))
    assert stat.S_ISFIFO(path.with_name(path.name + side).stat().st_mode)


def test_a_pipe_among_the_pairing_files(tmp_path: Path) -> None:
    for name in ("waiting", "current"):
        (tmp_path / "pairing" / name).mkdir(parents=True)
    pipe(tmp_path / "pairing" / "waiting" / "request.json")
    pipe(tmp_path / "pairing" / "current" / "answer.json")
    with pytest.raises(FileRefused):
        at_once(lambda: waiting_request(tmp_path))
    with pytest.raises(FileRefused):
        at_once(lambda: load_paired(tmp_path))
    stand = at_once(lambda: stand_of(tmp_path))
    assert (stand.state, "không phải một tệp" in stand.why) == ("broken", True)


def test_a_link_among_the_pairing_files(tmp_path: Path) -> None:
    for name, file in (("waiting", "request.json"), ("current", "answer.json")):
        (tmp_path / "pairing" / name).mkdir(parents=True)
        (tmp_path / "pairing" / name / file).symlink_to("/etc/hostname")
    with pytest.raises(FileRefused, match="đường dẫn tắt"):
        waiting_request(tmp_path)
    with pytest.raises(FileRefused, match="đường dẫn tắt"):
        load_paired(tmp_path)


def test_a_pairing_lock_that_is_never_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "LOCK_S", 0.2)
    (tmp_path / "pairing").mkdir()
    held = open_lock(tmp_path / "pairing" / ".lock")
    fcntl.flock(held, fcntl.LOCK_EX)

    def take() -> None:
        with pairing._one_at_a_time(tmp_path):
            pass

    try:
        with pytest.raises(FileRefused, match="đợi một phút"):
            at_once(take)
    finally:
        os.close(held)
    at_once(take)
    monkeypatch.setattr(pairing, "LOCK_S", 30.0)
    held = open_lock(tmp_path / "pairing" / ".lock")
    fcntl.flock(held, fcntl.LOCK_EX)
    threading.Timer(0.3, os.close, (held,)).start()
    at_once(take)

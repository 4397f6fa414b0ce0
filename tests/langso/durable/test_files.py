from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from langso.durable.errors import AlreadyRunning, FileRefused
from langso.durable.files import CUT_OFF_S, make_folder, read_limited, remove_cut_off, write_atomic
from langso.durable.single_instance import SingleInstance
from langso.errors import LangsoError
from langso.settings.paths import Paths


def test_the_three_roots_under_one_folder(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path).create()
    assert (paths.config, paths.state, paths.run) == (tmp_path / "etc", tmp_path / "lib", tmp_path / "run")
    assert all(folder.stat().st_mode & 0o777 == 0o700 for folder in (paths.config, paths.state, paths.run))
    assert Paths.system().state == Path("/var/lib/langso")


def test_a_written_file_has_the_bytes_and_the_mode(tmp_path: Path) -> None:
    target = tmp_path / "khoá.pem"
    write_atomic(target, b"one")
    write_atomic(target, b"two", mode=0o640)
    assert target.read_bytes() == b"two"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a"
    write_atomic(target, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused, match="hết chỗ"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_killed_while_writing_the_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "state"
    code = (
        "import sys, pathlib\nfrom langso.durable.files import write_atomic\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1\n    write_atomic(pathlib.Path(sys.argv[1]), str(n % 10).encode() * 200_000)\n"
        "    n == 1 and print('go', flush=True)\n"
    )
    for _ in range(5):
        child = subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(0.15)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        data = target.read_bytes()
        assert len(data) == 200_000
        assert len(set(data)) == 1


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_limited(tmp_path / "a", 5) == b"12345"
    with pytest.raises(FileRefused, match="quá lớn"):
        read_limited(tmp_path / "a", 4)
    with pytest.raises(FileRefused, match="Không đọc được"):
        read_limited(tmp_path / "absent", 4)


def test_a_second_copy_is_refused_and_names_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "speaker.lock"
    with SingleInstance(lock):
        with pytest.raises(AlreadyRunning, match="speaker đang chạy rồi") as caught, SingleInstance(lock):
            pass
        assert caught.value.pid == os.getpid()
        assert isinstance(caught.value, LangsoError)
    with SingleInstance(lock):
        pass


def test_a_killed_copy_leaves_no_lock_behind(tmp_path: Path) -> None:
    lock = tmp_path / "kiosk.lock"
    code = (
        "import sys, pathlib, time\nfrom langso.durable.single_instance import SingleInstance\n"
        "with SingleInstance(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    with pytest.raises(AlreadyRunning), SingleInstance(lock):
        pass
    child.kill()
    child.wait()
    child.stdout.close()
    with SingleInstance(lock):
        pass


def test_a_place_where_no_lock_can_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileRefused, match="đã có một tệp"), SingleInstance(tmp_path / "file" / "a.lock"):
        pass


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    for place in (pipe, folder):
        with pytest.raises(FileRefused, match="không phải một tệp"):
            write_atomic(place, b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_new_folder_s_own_name_is_synced_and_those_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("langso.durable.files.sync_folder", synced.append)
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a/b/c").stat().st_mode & 0o777 == 0o700
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a/b"]
    make_folder(tmp_path / "a" / "b" / "c")
    assert len(synced) == 3
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        make_folder(tmp_path / "file")


def test_only_old_cut_off_writes_are_removed_where_others_may_write(tmp_path: Path) -> None:
    old, young = (tmp_path / f".x.{digit * 12}.tmp" for digit in "ab")
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    assert remove_cut_off(tmp_path, older_s=CUT_OFF_S) == 1
    assert young.exists()
    assert remove_cut_off(tmp_path) == 1

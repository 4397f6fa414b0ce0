"""Several people make packages on one machine: they wait for each other; what a killed run left is cleared."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy.packages.cache import CACHE, alone, keep_newest, scratch


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_second_waits_until_the_first_is_done() -> None:
    order = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with alone("root"):
            order.append("second")

    with alone("root"):
        other = threading.Thread(target=second)
        other.start()
        begun.wait()
        other.join(0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_different_things_are_made_at_the_same_time() -> None:
    with alone("one"), alone("two"):
        pass


def test_what_a_killed_run_left_is_cleared_and_what_is_in_use_stays(folder: Path) -> None:
    killed = "import os, signal\nfrom deploy.packages.cache import scratch\nwith scratch() as place:\n"
    killed += "    (place / 'left').touch()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    subprocess.run([sys.executable, "-c", killed], cwd=Path(__file__).parents[3], env={**os.environ}, check=False)
    (left,) = (folder / "scratch").iterdir()
    with scratch() as first:
        assert not left.exists()
        with scratch() as second:
            assert first.is_dir()
            assert second.is_dir()
    assert list((folder / "scratch").iterdir()) == []


def test_what_others_put_into_the_cache_is_left_alone(folder: Path) -> None:
    (folder / "scratch/mine").mkdir(parents=True)
    with scratch():
        assert (folder / "scratch/mine").is_dir()


def test_the_newest_of_a_kind_are_kept(tmp_path: Path) -> None:
    for age, name in enumerate(["a-new.tar", "a-old.tar", "a-older.tar", "b-oldest.tar"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    keep_newest(tmp_path, "a-*.tar", 2)
    assert {file.name for file in tmp_path.iterdir()} == {"a-new.tar", "a-old.tar", "b-oldest.tar"}

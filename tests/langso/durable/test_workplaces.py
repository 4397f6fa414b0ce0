"""Folders for what is made on the way: they go with their block, and those of killed processes with the next."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from langso.durable import workplaces
from langso.durable.workplaces import workplace

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("langso", "firmware_bridge", "scanner", "speaker", "kiosk", "office", "deploy")
ELSEWHERE = {
    "langso/durable/workplaces.py": "this is it",
    "deploy/courier/mounting.py": "where a stick is mounted, in memory: nothing may clear it meanwhile",
    "scanner/commands/pdf.py": "a guard of its own takes people's papers away at once",
}
"""Who makes temporary folders in another way, and why."""
_KILLED = """
import os, pathlib, signal, sys
from langso.durable.workplaces import workplace
with workplace("kind-", pathlib.Path(sys.argv[1])) as folder:
    (folder / "within").mkdir()
    (folder / "within" / "spoken").write_text("secret")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def left_by_a_killed_process(place: Path) -> Path:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(place)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = place.iterdir()
    assert (left / "within/spoken").is_file()
    return left


def test_it_goes_with_its_block_however_that_ends(tmp_path: Path) -> None:
    def breaks() -> None:
        with workplace("kind-", tmp_path) as folder:
            (folder / "some").touch()
            assert folder.stat().st_mode & 0o777 == 0o700
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    left = left_by_a_killed_process(tmp_path)
    with workplace("other-", tmp_path):
        assert left.exists()
    with workplace("kind-", tmp_path) as first:
        assert not left.exists()
        with workplace("kind-", tmp_path) as second:
            assert first.is_dir()
            assert second.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_links_and_files_of_the_same_name_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/mine").touch()
    (tmp_path / "kind-link").symlink_to(tmp_path / "there")
    (tmp_path / "kind-file").touch()
    with workplace("kind-", tmp_path):
        pass
    assert (tmp_path / "there/mine").exists()
    assert (tmp_path / "kind-link").is_symlink()
    assert (tmp_path / "kind-file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_another_users_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kind-theirs").mkdir()
    os.chown(tmp_path / "kind-theirs", 65534, 65534)
    with workplace("kind-", tmp_path):
        pass
    assert (tmp_path / "kind-theirs").is_dir()


@pytest.mark.parametrize("before", ["open", "flock"])
def test_one_that_is_cleared_before_it_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    module = workplaces.os if before == "open" else workplaces.fcntl
    real, cleared = getattr(module, before), []

    def late(*at: object, **more: object) -> object:
        if not cleared:
            (left,) = tmp_path.iterdir()
            left.rmdir()
            cleared.append(left)
        return real(*at, **more)

    monkeypatch.setattr(module, before, late)
    with workplace("kind-", tmp_path) as folder:
        assert [folder] != cleared
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_many_at_once_keep_out_of_each_others_way(tmp_path: Path) -> None:
    lost: list[Path] = []

    def work() -> None:
        for _ in range(40):
            with workplace("kind-", tmp_path) as folder:
                (folder / "some").touch()
                lost.extend([] if (folder / "some").exists() else [folder])

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert list(tmp_path.iterdir()) == []


def makers(source: str) -> set[str]:
    """The functions of `tempfile` in a module that make folders."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in ("mkdtemp", "TemporaryDirectory")
    }


def test_nothing_of_the_product_makes_temporary_folders_in_a_way_that_leaves_them_behind() -> None:
    found = {
        str(path.relative_to(ROOT))
        for name in PRODUCT
        for path in (ROOT / name).rglob("*.py")
        if "node_modules" not in path.parts and makers(path.read_text(encoding="utf-8"))
    }
    assert found == set(ELSEWHERE)


def test_the_check_itself_sees_one() -> None:
    assert makers("import tempfile\nwith tempfile.TemporaryDirectory() as x:\n    pass") == {"TemporaryDirectory"}
    assert makers("tempfile.mkdtemp(prefix='x')") == {"mkdtemp"}

"""A test that asks for milliseconds is tried again only where the machine was late, and must pass itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SHARED = Path(__file__).parent / "shared"
CONFTEST = f"""
import sys
import pytest
sys.path.insert(0, {str(SHARED)!r})
import real_time

@pytest.hookimpl
def pytest_runtest_protocol(item, nextitem):
    real_time.LATE_S = float("inf") if "quiet" in item.name else -1.0
    return real_time.run(item, nextitem)
"""
TESTS = """
import pytest

tries = {"once": 0, "never": 0, "quiet": 0, "unmarked": 0}

@pytest.fixture
def fresh():
    made = []
    yield made
    made.append("closed")

@pytest.mark.real_time
def test_once(fresh):
    assert fresh == []
    fresh.append(1)
    tries["once"] += 1
    assert tries["once"] == 2

@pytest.mark.real_time
def test_never():
    tries["never"] += 1
    assert False

@pytest.mark.real_time
def test_quiet():
    tries["quiet"] += 1
    assert False

def test_unmarked():
    tries["unmarked"] += 1
    assert False

def test_counted():
    assert tries == {"once": 2, "never": 3, "quiet": 1, "unmarked": 1}
"""


def test_only_where_the_machine_was_late_is_a_test_tried_again_and_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = real_time\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-rA",
        "--basetemp",
        str(tmp_path / "t"),
    ]
    done = subprocess.run([*command, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False)
    told = {line for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))}
    assert {line.split(" - ")[0] for line in told} == {
        *(f"PASSED test_it.py::test_{name}" for name in ("once", "counted")),
        *(f"FAILED test_it.py::test_{name}" for name in ("never", "quiet", "unmarked")),
    }, done.stdout
    assert "test_once is tried again: the machine was" in done.stdout
    assert "3 failed, 2 passed" in done.stdout

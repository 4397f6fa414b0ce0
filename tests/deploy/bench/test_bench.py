"""`langso bench here`: figures of the machine it runs on, from what is installed and nothing else."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.bench.command import bench, row
from deploy.bench.machine import this_machine, warmest
from deploy.bench.speeds import LONGEST_S, Speed, Task, measure
from deploy.bench.tasks import NotMeasured, tasks
from langso.settings import assets

ROOT = Path(__file__).resolve().parents[3]


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def task(one: Callable[[], float | None], rounds: int = 4) -> Task:
    @contextlib.contextmanager
    def prepare() -> Iterator[Callable[[], float | None]]:
        yield one

    return Task("page", prepare, rounds)


def run(folder: Path, *arguments: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The command in a process of its own, far from the checkout's folder; `without`: modules that are not there."""
    script = f"""
import sys
sys.modules.update(dict.fromkeys({without!r}))
from deploy.bench import speeds
from deploy.cli import main
speeds.LONGEST_S = 1.0
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "bench", "here", "--json", "--folder", str(folder), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    assert list(folder.iterdir()) == [], "nothing is left"
    return found


def test_the_first_round_stands_apart_from_the_others() -> None:
    clock = Seconds()
    took = iter((0.9, 0.1, 0.3, 0.2, 0.2))

    def one() -> None:
        clock.now += next(took)

    speed = measure(task(one), clock)
    assert (speed.first_ms, speed.median_ms, speed.least_ms, speed.most_ms) == (900, 200, 100, 300)
    assert speed.rounds == 5


def test_a_slow_machine_does_not_measure_for_ever() -> None:
    clock = Seconds()

    def one() -> None:
        clock.now += LONGEST_S * 2

    speed = measure(task(one, rounds=50), clock)
    assert (speed.rounds, speed.median_ms) == (1, LONGEST_S * 2000)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("no", name="cv2"), "thiếu cv2"),
        (NotMeasured("không đọc được mã vẽ sẵn"), "không đọc được"),
        (PermissionError(13, "Permission denied"), "không đo được"),
    ],
)
def test_what_does_not_work_here_is_a_line_and_no_end(error: Exception, said: str) -> None:
    def one() -> None:
        raise error

    speed = measure(task(one))
    assert said in speed.why
    assert speed.median_ms is None
    assert said in row(speed)


def test_every_figure_comes_out_of_what_is_installed(tmp_path: Path) -> None:
    wanted = ["page", "code", "clean", "pdf", "tls", "sign_commit", "play_wait", "play_error"]
    if (assets.folder() / "node_modules").is_dir():
        wanted.append("first_frame")
    found = run(tmp_path, *(word for name in wanted for word in ("--only", name)))
    speeds = {speed["name"]: speed for speed in found["speeds"]}
    assert list(speeds) == wanted
    assert {name: speed["why"] for name, speed in speeds.items() if speed["why"]} == {}
    assert all(0 < speed["least_ms"] <= speed["median_ms"] <= speed["most_ms"] for speed in speeds.values())
    assert speeds["play_wait"]["median_ms"] > max(100, speeds["play_error"]["median_ms"])
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["versions"]["numpy"].startswith("2.")


def test_a_loudspeaker_has_no_numpy_and_is_measured_all_the_same(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        *("--only", "page", "--only", "code", "--only", "pdf", "--only", "tls", "--only", "sign_commit"),
        without=("numpy", "cv2", "zxingcpp", "pikepdf", "kivy"),
    )
    whys = {speed["name"]: speed["why"] for speed in found["speeds"]}
    assert whys.pop("tls") == whys.pop("sign_commit") == ""
    assert all("không cài" in why for why in whys.values()), whys


def test_a_name_that_nothing_has_is_refused_with_those_that_are(tmp_path: Path) -> None:
    said = CliRunner().invoke(bench, ["here", "--only", "trang", "--folder", str(tmp_path)])
    assert said.exit_code == 2
    assert all(one.name in said.output for one in tasks(tmp_path))


def test_the_table_has_a_row_a_figure_and_says_what_was_measured(tmp_path: Path) -> None:
    said = CliRunner().invoke(bench, ["here", "--only", "sign_commit", "--folder", str(tmp_path)])
    assert said.exit_code == 0, said.output
    lines = said.output.splitlines()
    assert "Python" in lines[1]
    assert lines[-1].startswith("sign_commit") or lines[-1].startswith("Nhiệt độ")


def test_long_times_are_told_in_seconds() -> None:
    assert "1,23 s" in row(Speed("x", "Việc", 1234.0, 1.5, 0.25, 1234.0, 3))
    assert "0,25 ms" in row(Speed("x", "Việc", 1234.0, 1.5, 0.25, 1234.0, 3))


def test_a_pi_is_called_by_its_name(tmp_path: Path) -> None:
    for path, text in {
        "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0",
        "proc/cpuinfo": "processor\t: 0\nBogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n",
        "proc/meminfo": "MemTotal:        8256000 kB\n",
        "proc/mounts": f"/dev/root / ext4 rw 0 0\n/dev/mmcblk0p3 {tmp_path} f2fs rw 0 0\nbad\n",
        "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        "sys/class/thermal/thermal_zone0/temp": "61200\n",
        "sys/class/thermal/thermal_zone1/temp": "rubbish\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    machine = this_machine(tmp_path / "state", tmp_path)
    assert machine.model == "Raspberry Pi 5 Model B Rev 1.0"
    assert machine.memory_mb == 8062
    assert machine.system == "Debian GNU/Linux 12 (bookworm)"
    assert machine.disk == "/dev/mmcblk0p3 (f2fs)"
    assert machine.celsius == warmest(tmp_path) == 61.2


def test_a_machine_that_says_nothing_of_itself_is_described_anyway(tmp_path: Path) -> None:
    machine = this_machine(tmp_path, tmp_path / "nothing")
    assert machine.memory_mb == 0
    assert machine.celsius is None

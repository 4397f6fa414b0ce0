"""The village's processes: none is left behind, and a dead one is told with its last words."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from deploy.errors import PortInUse, ProcessDied
from deploy.install.units import units_of
from deploy.village.processes import Processes, free_ports, require_free
from langso.words.language import ENVIRONMENT, in_language, use_language


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path / "logs")
    yield made
    made.stop_all()


def test_a_process_that_ends_is_told_with_its_last_words(processes: Processes) -> None:
    processes.start("clerk", [sys.executable, "-c", "print('hết giấy'); raise SystemExit(3)"])
    with pytest.raises(ProcessDied, match="hết giấy"):
        processes.wait_until(lambda: False, "chờ", 10, watch=["clerk"])


def test_a_killed_process_starts_again_as_it_was(processes: Processes) -> None:
    processes.start("loop", [sys.executable, "-c", "import time; time.sleep(60)"])
    processes.kill("loop")
    assert processes.dead() == ["loop"]
    assert processes.restart("loop").starts == 2
    assert processes.dead() == []


PRINTS = [sys.executable, "-c", f"import os; print(os.environ['{ENVIRONMENT}'])"]


def test_services_speak_vietnamese_whatever_the_terminal_speaks_as_their_units_do(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "en")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    with in_language("en"):
        processes.start("office", PRINTS).process.wait(60)
        processes.restart("office").process.wait(60)
    assert processes.last_words("office").split() == ["vi", "vi"]
    assert all(f"{ENVIRONMENT}=vi" in unit.text() for unit in units_of("office") if "langso" in unit.command)


def test_in_the_language_made_for_tests_nothing_hides_behind_a_service(processes: Processes) -> None:
    use_language("qps")
    try:
        processes.start("office", PRINTS).process.wait(60)
    finally:
        use_language("vi")
    assert processes.last_words("office") == "qps"


def test_children_end_with_a_village_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom deploy.village.processes import Processes\n"
        f"p = Processes(Path({str(tmp_path)!r}))\n"
        "r = p.start('child', [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(r.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not _alive(child))


def test_a_port_in_use_is_refused_with_its_number() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=str(port)):
            require_free(port)


def test_free_ports_are_all_different() -> None:
    assert len(set(free_ports(20))) == 20


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False

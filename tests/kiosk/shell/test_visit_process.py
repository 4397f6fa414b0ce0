"""The shell's hold on one process of a visit: never waited for, believed in nothing, ended with all it started."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stage.forks import small_forks
from stage.traces import lives
from waiting import until

from kiosk.shell.told import Facts, Hurry
from kiosk.shell.visit_process import MOST_A_SECOND, Worker

# What a visit's process does, as small as can be: `line`, its end; `hurry`, the bytes of a message.
HURRY = b"\0" + pickle.dumps(Hurry(), protocol=5)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Worker]]:
    made: list[Worker] = []

    def begin(does: str) -> Worker:
        made.append(Worker(small_forks(monkeypatch, f"hurry = {HURRY!r}\n{does}")))
        return made[-1]

    yield begin
    for one in made:
        one.kill()
        one.bury()


def next_from(one: Worker) -> Any:
    heard: list[Any] = []

    def there() -> bool:
        message = one.heard()
        if message is not None:
            heard.append(message)
        return bool(heard) or one.ended

    until(there)
    return heard[0] if heard else None


def test_what_it_tells_is_heard_and_its_end_as_well(worker: Callable[[str], Worker]) -> None:
    one = worker("line.send(hurry)")
    assert next_from(one) == Hurry()
    assert next_from(one) is None
    assert one.ended


@pytest.mark.parametrize(
    "says",
    [
        "b'garbage'",
        "b'\\0'",
        "b'\\1'",
        "b'\\0' + b'(' * 30000",
        "hurry[:-3]",
        "b'\\0cos\\nsystem\\n(S\\'true\\'\\ntR.'",
    ],
)
def test_what_cannot_be_believed_ends_it(
    worker: Callable[[str], Worker], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = worker(f"line.send({says}); time.sleep(60)")
    assert next_from(one) is None
    assert one.ended
    assert "a visit's process" in caplog.text


def test_one_that_floods_is_ended_and_one_that_shows_pictures_is_not(worker: Callable[[str], Worker]) -> None:
    flood = worker("while True: line.send(hurry)")
    heard = 0
    began = time.monotonic()
    while not flood.ended:
        heard += flood.heard() is not None
    assert heard < MOST_A_SECOND
    assert time.monotonic() - began < 20
    quiet = worker(f"for _ in range({MOST_A_SECOND // 4}): line.send(hurry)")
    assert all(next_from(quiet) == Hurry() for _ in range(MOST_A_SECOND // 4))


def test_one_that_listens_no_more_holds_nobody_up(worker: Callable[[str], Worker]) -> None:
    one = worker("time.sleep(60)")
    began = time.monotonic()
    for _ in range(3000):
        one.tell(Facts(None, "age1" + "q" * 300, None, connected=True))
    assert time.monotonic() - began < 5
    one.kill()
    one.bury()
    # Whoever made it takes its number back once it is told.
    until(lambda: not Path(f"/proc/{one.pid}").exists())


def test_its_end_takes_along_what_it_started_and_its_folder(worker: Callable[[str], Worker], tmp_path: Path) -> None:
    mark = tmp_path / "child"
    one = worker(
        f"import subprocess, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"child = subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(60)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid)); line.send(hurry); time.sleep(60)"
    )
    one.folder = tmp_path / "visit-1"
    (one.folder / "tmp").mkdir(parents=True)
    (one.folder / "tmp" / "page.jpg").write_bytes(b"a name")
    assert next_from(one) == Hurry()
    child = int(mark.read_text())
    one.kill()
    one.bury()
    assert not one.folder.exists()
    until(lambda: not lives(child))


def test_it_knows_nothing_of_the_services_watchdog_and_inherits_no_file(
    worker: Callable[[str], Worker], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    told = tmp_path / "told"
    with (tmp_path / "key").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        one = worker(
            f"open({str(told)!r}, 'w').write(' '.join([*os.environ, *os.listdir('/proc/self/fd')]))\nline.send(hurry)"
        )
        assert next_from(one) == Hurry()
    names = told.read_text().split()
    assert "NOTIFY_SOCKET" not in names
    assert "WATCHDOG_USEC" not in names
    # Its three, the line, the one that is written and the folder that is being read.
    assert sum(name.isdigit() for name in names) <= 6

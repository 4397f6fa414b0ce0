"""deploy/environment.py: whatever the user has set, whatever stops it, it is what the lock says."""

from __future__ import annotations

import http.server
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from waiting import until

from deploy import environment
from deploy.environment_pip import Progress

if TYPE_CHECKING:
    from tests.deploy.conftest import Maker, StandIns

pytestmark = pytest.mark.timeout(600)  # many small processes: slow beside other work
Installed = Callable[[Path], set[tuple[str, str]]]


THREE = {("first", "1.0"), ("second", "1.0"), ("third", "1.0")}


def test_the_users_own_pip_settings_change_nothing(
    maker: Maker, small: Path, tmp_path: Path, installed_in: Installed
) -> None:
    (tmp_path / "constraints").write_text("first==1.1\n", encoding="utf-8")
    other = tmp_path / "other/first"
    other.mkdir(parents=True)
    shutil.copy(maker.stand_ins.flat / "first-2.0-py3-none-any.whl", other / "first-1.0-py3-none-any.whl")
    (other / "index.html").write_text('<a href="first-1.0-py3-none-any.whl">x</a>', encoding="utf-8")
    config = tmp_path / ".config/pip/pip.conf"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"[global]\nconstraint = {tmp_path / 'constraints'}\nextra-index-url = {(tmp_path / 'other').as_uri()}\n"
        f"find-links = {other}\nuser = true\n[install]\ntarget = {tmp_path / 'elsewhere'}\n",
        encoding="utf-8",
    )
    made = maker.run(
        "--lock", small, "--into", tmp_path / "env",
        HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path / ".config"),
        PIP_NO_BINARY=":all:", PIP_PRE="1", PIP_USER="1", PIP_TARGET=str(tmp_path / "t"),
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == THREE
    assert not (tmp_path / "elsewhere").exists()


def test_an_index_named_in_the_users_file_is_used(maker: Maker, small: Path, tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nindex-url = {maker.stand_ins.index.as_uri()}\n", encoding="utf-8")
    command = maker.command("--lock", small, "--into", tmp_path / "env")
    variables = maker.variables(PIP_CONFIG_FILE=str(config))
    del variables["PIP_INDEX_URL"]
    assert subprocess.run(command, env=variables, check=False).returncode == 0


def test_nothing_of_the_system_is_seen_but_gstreamers_bindings(maker: Maker, small: Path, tmp_path: Path) -> None:
    made = maker.run("--lock", small, "--into", tmp_path / "env", "--gi")
    if "does not fit" in made.stdout:
        pytest.skip("the Python that runs the tests is not the one that Debian's bindings were built for")
    assert made.returncode == 0, made.stdout + made.stderr
    look = (
        "import sys, gi; from gi.repository import GLib; print([one for one in sys.path if 'dist-packages' in one])"
    )
    seen = subprocess.run([str(tmp_path / "env/bin/python"), "-c", look], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_asked_again_it_does_nothing_and_another_lock_replaces_it(
    maker: Maker, small: Path, tmp_path: Path, installed_in: Installed
) -> None:
    assert maker.run("--lock", small, "--into", tmp_path / "env").returncode == 0
    assert "nothing to do" in maker.run("--lock", small, "--into", tmp_path / "env").stdout
    fewer = maker.stand_ins.lock_these("fewer.txt", "second")
    replaced = maker.run("--lock", fewer, "--into", tmp_path / "env")
    assert "Removing an older environment" in replaced.stdout
    assert installed_in(tmp_path / "env") == {("second", "1.0")}


def test_a_folder_with_other_things_is_left_alone(maker: Maker, small: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("dear", encoding="utf-8")
    refused = maker.run("--lock", small, "--into", tmp_path)
    assert refused.returncode == 1
    assert "holds other things" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_lock_that_does_not_fit_together_makes_no_environment(maker: Maker, tmp_path: Path) -> None:
    maker.stand_ins.package("httpx", "0.28.1")
    lock = maker.stand_ins.locks / "hole.txt"
    lock.write_text(f"httpx==0.28.1 --hash=sha256:{maker.stand_ins.hashes['httpx', '0.28.1']}\n", encoding="utf-8")
    made = maker.run("--lock", lock, "--into", tmp_path / "env")
    assert made.returncode == 1
    assert "httpx 0.28.1 requires anyio" in made.stderr
    assert not (tmp_path / "env" / environment.READY).exists()


def test_other_bytes_than_the_locks_are_not_installed(maker: Maker, tmp_path: Path, installed_in: Installed) -> None:
    maker.stand_ins.package("altered", "1.0")
    lock = maker.stand_ins.lock_these("altered.txt", "altered")
    wheel = maker.stand_ins.flat / "altered-1.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes() + b"!")
    made = maker.run("--lock", lock, "--into", tmp_path / "env", "--wheels", maker.stand_ins.flat)
    assert made.returncode == 1
    assert "not the one that altered.txt names" in made.stderr
    assert installed_in(tmp_path / "env") == set()


def test_a_package_that_the_folder_lacks_is_named(maker: Maker, small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    made = maker.run("--lock", small, "--into", tmp_path / "env", "--wheels", tmp_path / "empty")
    assert made.returncode == 1
    assert f"{tmp_path / 'empty'} lacks first==1.0 for Python" in made.stderr


class Line(http.server.SimpleHTTPRequestHandler):
    """The index over a line that forbids keeping and breaks off in the middle of the files named in `breaks`."""

    breaks: ClassVar[Counter[str]]
    asked: ClassVar[Counter[str]]
    held: ClassVar[threading.Event]
    hold: ClassVar[str]
    url: ClassVar[str]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        self.asked[name] += 1
        if name and name == self.hold:
            self.held.set()
            self.rfile.read(1)  # until the other side is gone
        elif self.breaks[name] > 0:
            self.breaks[name] -= 1
            data = Path(self.translate_path(self.path)).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
        else:
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


@pytest.fixture
def line(stand_ins: StandIns) -> Iterator[type[Line]]:
    """The handler's class, for its breaks, counts and address."""
    yield from serve(stand_ins)


def serve(stand_ins: StandIns) -> Iterator[type[Line]]:
    kind = type("OneLine", (Line,), {"breaks": Counter(), "asked": Counter(), "held": threading.Event(), "hold": ""})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *given: kind(*given, directory=str(stand_ins.folder))
    )
    kind.url = f"http://127.0.0.1:{server.server_port}/simple"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kind
    server.shutdown()
    server.server_close()


def test_a_line_that_breaks_is_taken_up_again(
    whole_maker_with_tool: Maker, tmp_path: Path, installed_in: Installed
) -> None:
    """Debian's pip fetches the locked one, which fetches the rest: each takes a broken file in its own way."""
    stand_ins = whole_maker_with_tool.stand_ins
    stand_ins.package("first", "1.0")
    lock = stand_ins.lock_these("one.txt", "first")
    for handler in serve(stand_ins):
        handler.breaks.update({"first-1.0-py3-none-any.whl": 2, locked_installer(stand_ins): 1})
        made = whole_maker_with_tool.run("--lock", lock, "--into", tmp_path / "env", PIP_INDEX_URL=handler.url)
        assert not +handler.breaks
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == {("first", "1.0")}


def locked_installer(stand_ins: StandIns) -> str:
    """The name of the locked pip's file."""
    entry = next(
        line for line in (stand_ins.locks / "build.txt").read_text().splitlines() if line.startswith("pip==")
    )
    return f"pip-{entry.split()[0].removeprefix('pip==')}-py3-none-any.whl"


def test_killed_in_the_middle_it_leaves_no_process_and_goes_on_with_what_it_fetched(
    maker: Maker, stand_ins: StandIns, tmp_path: Path, installed_in: Installed, line: type[Line]
) -> None:
    names = [f"part{number}" for number in range(14)]  # more than are fetched at once
    for name in names:
        stand_ins.package(name, "1.0")
    lock = stand_ins.lock_these("many.txt", *names)
    line.hold = "part13-1.0-py3-none-any.whl"
    command = maker.command("--lock", lock, "--into", tmp_path / "env")
    running = subprocess.Popen(command, env=maker.variables(PIP_INDEX_URL=line.url), stdout=subprocess.DEVNULL)
    assert line.held.wait(300)
    assert processes_about(tmp_path)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    until(lambda: not processes_about(tmp_path))

    line.hold = ""
    again = maker.run("--lock", lock, "--into", tmp_path / "env", PIP_INDEX_URL=line.url)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Removing a half-made environment" in again.stdout
    assert installed_in(tmp_path / "env") == {(name, "1.0") for name in names}
    assert line.asked["part0-1.0-py3-none-any.whl"] == 1
    # Python's own, from 3.13 on, is no half-done thing of ours.
    left = {path.name for path in (tmp_path / "env").iterdir() if path.name.startswith(".")}
    assert left <= {".gitignore"}


def processes_about(folder: Path) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and "pytest" not in words.split(str(folder))[0]:
            found.append(words)
    return found


def test_two_at_once_make_it_once(maker: Maker, small: Path, tmp_path: Path) -> None:
    command = maker.command("--lock", small, "--into", tmp_path / "env")
    both = [
        subprocess.Popen(command, env=maker.variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [running.communicate(timeout=120)[0] for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert sorted("nothing to do" in one for one in said) == [False, True]
    assert sum("waiting for it" in one for one in said) == 1


def test_without_a_network_it_says_so(maker: Maker, small: Path, tmp_path: Path) -> None:
    made = maker.run(
        "--lock", small, "--into", tmp_path / "env", PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="0"
    )
    assert made.returncode == 1
    assert made.stderr.startswith("environment: No network")
    assert made.stderr.count("\n") == 1


def test_too_little_room_is_told_before_anything_is_fetched(
    maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "office.txt"
    lock.write_text("", encoding="utf-8")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 500_000_000))  # type: ignore[attr-defined]
    assert environment.main(["--lock", str(lock), "--into", str(tmp_path / "env")]) == 1
    assert "its disk has 500 MB free" in capfd.readouterr().err
    assert list((tmp_path / "env").iterdir()) == []


@pytest.mark.parametrize(
    ("version", "machine", "word"),
    [((3, 9), "x86_64", "Python"), ((3, 14), "x86_64", "Python"), ((3, 11), "armv7l", "64-bit")],
)
def test_what_does_not_fit_is_refused(
    version: tuple[int, int], machine: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(environment.sys, "version_info", version)
    monkeypatch.setattr(environment.platform, "machine", lambda: machine)
    assert environment.main(["--lock", "x", "--into", str(tmp_path / "env")]) == 1
    assert word in capfd.readouterr().err
    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
            "disk became full",
        ),
        (["WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'"], "No network"),
        (
            ["Retrying after connection broken by 'SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] …'"],
            "set this machine's date right",
        ),
        (["ERROR: No matching distribution found for first==1.0"], "index has no first==1.0"),
        (["ERROR: something new"], "something new"),
    ],
)
def test_a_failure_of_pip_becomes_one_sentence(lines: list[str], words: str) -> None:
    watch = Progress(3, Path("small.txt"), None)
    for one in lines:
        watch.take(one)
    assert words in watch.reason()
    assert "\n" not in watch.reason()


def test_progress_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    watch = Progress(31, Path("speaker.txt"), None).beginning(fetching=True)
    for one in (
        "Collecting cffi==2.1.1 (from -r x)",
        "  Downloading cffi.whl (20 MB)",
        "Progress 5000000 of 20000000",
    ):
        watch.take(one)
    assert capsys.readouterr().out.splitlines() == ["    1 of 31: cffi", "    1 of 31: cffi 5 of 20 MB"]

"""A real Mosquitto under its watch: ready, alive, hung, told to read anew, ended."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from systemd_ear import SystemdEar

from deploy.broker import BrokerPlace, mosquitto_conf

LOOK_S = 0.4
QUIET_S = 2.0
_KEEP = f"import sys; from deploy.broker_watch import keep; sys.exit(keep(sys.argv[1:], look_s={LOOK_S}))"

_TURNS = """
import os, signal, socket, time
def turn(*_):
    while True:
        pass
signal.signal(signal.SIGUSR1, turn)
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
while True:
    time.sleep(0.1)
"""


class Watched:
    """The watch of some program, and what systemd hears."""

    def __init__(self, *command: str) -> None:
        self.ear = SystemdEar(watchdog_s=1.0)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _KEEP, *command],
            env={**os.environ, **self.ear.environment},
            stderr=subprocess.PIPE,
            text=True,
        )

    def children(self) -> list[int]:
        """The number of the program itself, once it was started."""
        pid = self.process.pid
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self) -> str:
        """Stops whatever is left; what was written to the journal."""
        for number in (*self.children(), self.process.pid) if self.process.poll() is None else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.ear.close()
        return self.process.communicate(timeout=60)[1]


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def begin(*command: str) -> Watched:
        made.append(Watched(*command))
        return made[-1]

    yield begin
    for one in made:
        if one.process.poll() is None:
            one.end()
        else:
            one.ear.close()


@pytest.fixture
def broker(watch: Callable[..., Watched], free_port: Callable[[], int], tmp_path: Path) -> Watched:
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("needs mosquitto (apt install mosquitto)")
    conf = tmp_path / "mosquitto.conf"
    settings = f"listener {free_port()} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\nuser {getpass.getuser()}\n"
    conf.write_text(settings, encoding="utf-8")
    return watch(program, "-c", str(conf))


def test_an_idle_broker_is_alive(broker: Watched) -> None:
    broker.ear.wait("READY")
    for _ in range(3):
        broker.ear.wait("WATCHDOG")
    broker.process.terminate()
    assert broker.process.wait(60) == 0


def test_a_broker_that_hangs_is_fed_no_more(broker: Watched) -> None:
    broker.ear.wait("READY")
    for _ in range(2):
        broker.ear.wait("WATCHDOG")
    (child,) = broker.children()
    os.kill(child, signal.SIGSTOP)
    assert broker.ear.falls_silent(QUIET_S)
    os.kill(child, signal.SIGCONT)
    broker.ear.wait("WATCHDOG")
    assert "has not moved" in broker.end()


def test_one_that_runs_round_and_round_hangs_too(watch: Callable[..., Watched]) -> None:
    watched = watch(sys.executable, "-c", _TURNS)
    watched.ear.wait("READY")
    for _ in range(2):
        watched.ear.wait("WATCHDOG")
    watched.process.send_signal(signal.SIGUSR1)
    assert watched.ear.falls_silent(QUIET_S)


def test_one_that_sleeps_for_ever_by_its_nature_is_let_live(watch: Callable[..., Watched]) -> None:
    still = (
        "import os, signal, socket; told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
        " told.sendto(b'READY=1', os.environ['NOTIFY_SOCKET']); signal.pause()"
    )
    watched = watch(sys.executable, "-c", still)
    watched.ear.wait("READY")
    for _ in range(4):
        watched.ear.wait("WATCHDOG")


def test_one_that_forgot_that_it_was_to_end_is_told_again(watch: Callable[..., Watched]) -> None:
    deaf_once = (
        "import os, signal, socket; told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
        " signal.signal(signal.SIGTERM, lambda *_: signal.signal(signal.SIGTERM, signal.SIG_DFL));"
        " told.sendto(b'READY=1', os.environ['NOTIFY_SOCKET'])\nwhile True: signal.pause()"
    )
    watched = watch(sys.executable, "-c", deaf_once)
    watched.ear.wait("READY")
    watched.process.terminate()
    assert watched.process.wait(60) == 128 + signal.SIGTERM


def test_it_is_told_to_read_its_certificates_anew(broker: Watched) -> None:
    broker.ear.wait("READY")
    (child,) = broker.children()
    broker.process.send_signal(signal.SIGHUP)
    broker.ear.wait("WATCHDOG")
    assert broker.children() == [child]
    assert "Reloading config" in broker.end()


def test_one_that_is_not_ready_is_not_said_to_be(watch: Callable[..., Watched]) -> None:
    watched = watch("/bin/sh", "-c", "echo begun >&2; exec sleep 60")
    assert watched.process.stderr is not None
    assert watched.process.stderr.readline() == "begun\n"
    assert watched.ear.falls_silent(QUIET_S)


@pytest.mark.parametrize(("command", "code"), [("exit 3", 3), ("kill -9 $$", 137), ("exit 0", 0)])
def test_its_end_is_the_service_s(watch: Callable[..., Watched], command: str, code: int) -> None:
    assert watch("/bin/sh", "-c", command).process.wait(60) == code


def laid(tmp_path: Path, free_port: Callable[[], int], remembered: bytes, more: str = "") -> tuple[str, Path, Path]:
    """Mosquitto's program, its configuration, and the file of what it retains, with these bytes."""
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("needs mosquitto (apt install mosquitto)")
    place = BrokerPlace("127.0.0.1", free_port(), tmp_path, tmp_path, getpass.getuser())
    lines = mosquitto_conf(place).splitlines()
    plain = [
        line for line in lines if not line.startswith(("cafile", "certfile", "keyfile", "tls", "require", "use_"))
    ]
    conf = tmp_path / "mosquitto.conf"
    conf.write_text("\n".join([*(line for line in plain if "acl" not in line), more, ""]), encoding="utf-8")
    (tmp_path / "mosquitto.db").write_bytes(remembered)
    return program, conf, tmp_path / "mosquitto.db"


DAMAGED = {
    "no file of its own": b"\x00" * 4096,
    "cut off in its head": b"\x00\xb5\x00mosquitto db\x00\x00\x00\x00\x00\x00",
    "a length that lies": b"\x00\xb5\x00mosquitto db"
    + bytes(4)
    + b"\x00\x00\x00\x06"
    + b"\x00\x00\x00\x03\x7f\xff\xff\xff",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_broker_begins_without_a_damaged_file_of_what_it_retained(
    damage: str, watch: Callable[..., Watched], free_port: Callable[[], int], tmp_path: Path
) -> None:
    program, conf, file = laid(tmp_path, free_port, DAMAGED[damage])
    watched = watch(program, "-c", str(conf))
    watched.ear.wait("READY")
    (aside,) = tmp_path.glob("mosquitto.db.corrupt-*")
    assert aside.read_bytes() == DAMAGED[damage]
    watched.process.terminate()
    assert watched.process.wait(60) == 0
    assert file.exists(), "what it retains is kept at its end"


def test_what_a_broker_retained_is_put_back_where_something_else_keeps_it_from_beginning(
    watch: Callable[..., Watched], free_port: Callable[[], int], tmp_path: Path
) -> None:
    program, conf, file = laid(tmp_path, free_port, b"whatever", more="no_such_setting true")
    assert watch(program, "-c", str(conf)).process.wait(60) != 0
    assert file.read_bytes() == b"whatever"
    assert list(tmp_path.glob("*.corrupt-*")) == []

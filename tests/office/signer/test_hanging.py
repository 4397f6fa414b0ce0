"""A question that hangs: others are answered or told so, and the watchdog is fed no more until it is over."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from at_once import at_once
from plans import plan
from systemd_ear import SystemdEar

from langso.device.lifeline import Lifeline
from langso.timekeeping.clock import SystemClock
from office.signer import client, questions, server, signing, wire
from office.signer.client import SignerClient
from office.signer.errors import SignerStuck
from office.signer.questions import Questions, Seats, held_for
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.signer.wire import Reply, Request, receive, send


@pytest.fixture
def ear() -> Iterator[SystemdEar]:
    made = SystemdEar(watchdog_s=1.0)
    yield made
    made.close()


@contextlib.contextmanager
def signer(home: Any, path: Path, turned: Callable[[], None] = lambda: None) -> Iterator[SignerServer]:
    made = SignerServer(path, lambda: Signing(home, SystemClock()))
    stop, ready = threading.Event(), threading.Event()
    running = threading.Thread(target=made.run, args=(stop, ready, turned), daemon=True)
    running.start()
    assert ready.wait(60)
    try:
        yield made
    finally:
        stop.set()
        running.join(60)


@pytest.mark.parametrize("name", ["trust.bundle", "root.json"])
def test_a_pipe_among_the_offices_files_is_told_at_once_and_over_as_soon_as_it_is_gone(
    office_world: Any, tmp_path: Path, name: str
) -> None:
    place, home = office_world.home.state / name, office_world.home
    # So that it must read the root too.
    (home.signer / "trust-pin.json").unlink()
    place.rename(tmp_path / "was")
    os.mkfifo(place)
    with signer(home, tmp_path / "s" / "second.sock"):
        asker = SignerClient(tmp_path / "s" / "second.sock")
        trouble = at_once(asker.trouble)
        assert (trouble.fault, f"{name}: đó không phải một tệp" in str(trouble)) == ("not_ready", True)
        place.unlink()
        (tmp_path / "was").rename(place)
        assert at_once(asker.trouble) is None


def test_a_link_of_the_offices_leads_the_signer_nowhere(office_world: Any, tmp_path: Path) -> None:
    place = office_world.home.trust_file
    place.rename(tmp_path / "was")
    place.symlink_to(tmp_path / "was")
    assert "đường dẫn tắt" in str(office_world.office.signer.trouble())


def test_a_pipe_among_the_devices(office_world: Any) -> None:
    os.mkfifo(office_world.home.devices / "loa-pipe.json")
    assert at_once(lambda: office_world.office.signer.raise_to({"loa-pipe": b"{}"})) is not None


def test_a_question_that_hangs_stops_the_watchdog_until_it_is_over(
    office_world: Any, tmp_path: Path, ear: SystemdEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "STUCK_S", 0.3)
    monkeypatch.setattr(signing, "BUSY_S", 0.3)
    line = Lifeline("questions", environment=ear.environment)
    go_on = threading.Event()
    path = tmp_path / "s" / "second.sock"
    with signer(office_world.home, path, lambda: line.turned("questions")):
        ear.wait("READY")
        assert SignerClient(path).trouble() is None
        ear.wait("WATCHDOG")
        with monkeypatch.context() as patch:
            patch.setattr(Signing, "_trust", lambda _: go_on.wait(30))
            asking = threading.Thread(target=SignerClient(path).trouble, daemon=True)
            asking.start()
            assert ear.falls_silent(1.5)
            # Who asks meanwhile is told and not gathered in.
            # Sooner than the asker would give up by itself.
            trouble = at_once(SignerClient(path).trouble, client.LOOK_S - 1)
            assert trouble is not None
            assert trouble.fault == "silent"
        go_on.set()
        asking.join(60)
        ear.wait("WATCHDOG")


def test_opening_that_hangs_is_told_too(office_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OPENING_S", 0.2)
    with signer(office_world.home, tmp_path / "s" / "second.sock") as made:
        with made._opening:
            trouble = at_once(SignerClient(tmp_path / "s" / "second.sock").trouble, client.LOOK_S - 1)
            assert trouble is not None
            assert trouble.fault == "silent"
        assert SignerClient(tmp_path / "s" / "second.sock").trouble() is None


def test_who_sends_a_byte_now_and_then_or_reads_nothing_does_not_count_as_work_and_is_let_go(
    office_world: Any, tmp_path: Path, ear: SystemdEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "STUCK_S", 0.1)
    monkeypatch.setattr(receive, "__kwdefaults__", {"within": 0.5})
    line = Lifeline("questions", environment=ear.environment)
    path = tmp_path / "s" / "second.sock"
    with signer(office_world.home, path, lambda: line.turned("questions")), socket.socket(socket.AF_UNIX) as slow:
        ear.wait("READY")
        slow.connect(str(path))
        slow.sendall(struct.pack(">I", 100))
        begun, gone = time.monotonic(), False
        while not gone and time.monotonic() - begun < wire.FRAME_S - 2:
            time.sleep(0.05)
            try:
                slow.sendall(b" ")
            except OSError:
                gone = True
        assert gone
        ear.wait("WATCHDOG")


def test_a_frame_may_begin_late_but_must_not_take_long() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        threading.Timer(0.4, send, (theirs, Request(do="ready"))).start()
        got = at_once(lambda: receive(ours, Request, within=0.2))
        assert got is not None
        assert got.do == "ready"
        assert ours.gettimeout() == 5
        theirs.sendall(b"\x00")
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            at_once(lambda: receive(ours, Reply, within=0.2))
        assert 0.15 < time.monotonic() - begun < 4


def test_who_says_nothing_gives_way_first_to_his_own_and_never_while_he_is_answered() -> None:
    seats, gone = Seats(4, 3), []
    taken = [seats.take(7, lambda number=number: gone.append(number)) for number in range(3)]
    assert all(taken)
    assert seats.take(7, lambda: gone.append(3))
    assert gone == [0], "the one that waited longest, of the same user"
    with seats.working(taken[1]):
        assert seats.take(0)
        assert gone == [0], "there was a seat left"
        assert seats.take(1)
        assert gone == [0, 2], "of the user who has the most, and not the one that is answered"
        assert seats.take(7, lambda: gone.append(4))
        assert gone == [0, 2, 3]
    seats.take(7)
    assert gone == [0, 2, 3, 4], "who was just answered is the youngest"


def test_none_gives_way_where_all_are_answered() -> None:
    seats = Seats(3, 2)
    with contextlib.ExitStack() as working:
        for user in (7, 7, 8):
            seat = seats.take(user)
            assert seat is not None
            working.enter_context(seats.working(seat))
        assert seats.take(7) is None
        assert seats.take(9) is None
    seats.leave(seat)
    assert seats.take(9) is not None


@pytest.mark.parametrize("begun", [b"", b"\x00\x00\x10\x00half"])
def test_any_number_of_idle_clients_keeps_nobody_from_being_answered(
    office_world: Any, tmp_path: Path, begun: bytes
) -> None:
    path = tmp_path / "s" / "second.sock"
    with signer(office_world.home, path), contextlib.ExitStack() as open_ones:
        for _ in range(3 * server.MAX_CONNECTIONS):
            idle = open_ones.enter_context(socket.socket(socket.AF_UNIX))
            idle.connect(str(path))
            with contextlib.suppress(OSError):
                idle.sendall(begun)
        for number in range(1, 20):
            assert SignerClient(path).sign("plan", plan(number))


def test_where_all_are_answered_one_more_is_told_and_let_go(
    office_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_OF_ONE", 2)
    path = tmp_path / "s" / "second.sock"
    hang, asking = threading.Event(), threading.Semaphore(0)

    def hanging(*_: object) -> None:
        asking.release()
        hang.wait(60)

    with signer(office_world.home, path):
        monkeypatch.setattr(Signing, "check_ready", hanging)
        threads = [threading.Thread(target=SignerClient(path).trouble, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
            assert asking.acquire(timeout=60)
        with socket.socket(socket.AF_UNIX) as one_more:
            one_more.settimeout(60)
            one_more.connect(str(path))
            reply = receive(one_more, Reply)
            assert reply is not None
            assert (reply.fault, reply.sentence.id) == ("silent", "signer-crowded")  # type: ignore[union-attr]
            assert one_more.recv(1) == b""
        hang.set()
        for thread in threads:
            thread.join(60)
        assert SignerClient(path).trouble() is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"\xff\xff\xff\xff", "signer-frame-large"),
        (struct.pack(">I", 4) + b"nope", "signer-frame-wrong"),
        (struct.pack(">I", 14) + b'{"do":"fly me"', "signer-frame-wrong"),
        (struct.pack(">I", 40) + b"{", "signer-broke-off"),
        (b"\x00\x00", "signer-broke-off"),
        (struct.pack(">I", 50_000) + b"[" * 50_000, "signer-frame-wrong"),
    ],
)
def test_what_is_no_question_gets_one_sentence_and_the_end(
    office_world: Any, tmp_path: Path, sent: bytes, said: str
) -> None:
    path = tmp_path / "s" / "second.sock"
    with signer(office_world.home, path), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(60)
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        reply = receive(connection, Reply)
        assert reply is not None
        assert reply.sentence is not None
        assert reply.sentence.id == said
        assert reply.refused
        assert connection.recv(1) == b""


def test_a_frame_that_takes_too_long_is_told_so(
    office_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "__kwdefaults__", {"within": 0.2})
    path = tmp_path / "s" / "second.sock"
    with signer(office_world.home, path), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(60)
        connection.sendall(struct.pack(">I", 100))
        reply = receive(connection, Reply, within=60)
        assert reply is not None
        assert reply.sentence is not None
        assert reply.sentence.id == "signer-frame-slow"


def test_a_question_is_stuck_when_it_is_older_than_any_can_be() -> None:
    now = [100.0]
    asked = Questions(lambda: now[0])
    assert not asked.stuck
    with asked.one():
        now[0] += questions.STUCK_S
        assert not asked.stuck
        with asked.one():
            now[0] += 0.001
            assert asked.stuck
        assert asked.stuck
    assert not asked.stuck
    with contextlib.suppress(ZeroDivisionError), asked.one():
        raise ZeroDivisionError
    now[0] += 100
    assert not asked.stuck


def test_a_lock_is_waited_for_and_let_go() -> None:
    lock = threading.Lock()
    with held_for(lock, 0.1):
        with pytest.raises(SignerStuck, match="kẹt") as told, held_for(lock, 0.1):
            pass
        assert told.value.fault == "silent"
    assert not lock.locked()

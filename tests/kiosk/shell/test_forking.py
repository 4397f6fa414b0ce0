"""Visits come from one process, made anew when it is gone; it keeps no visit from going on and no screen waiting."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stage.forks import small_forks
from stage.traces import lives
from waiting import until

from kiosk.shell.forking import ForkServer
from kiosk.shell.visit_process import Worker

SAYS_ITS_PARENT = "line.send(str(os.getppid()).encode()); line.recv(9); line.send(b'again'); time.sleep(60)"


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ForkServer]]:
    made: list[ForkServer] = []

    def begin(does: str = SAYS_ITS_PARENT, first: str = "") -> ForkServer:
        made.append(small_forks(monkeypatch, does, first))
        return made[-1]

    yield begin
    for one in made:
        one.give_up()


class Visit:
    """A process, and the shell's end of its line."""

    def __init__(self, forks: ForkServer) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.settimeout(60)
        with theirs:
            self.made = forks.fork(theirs.fileno())

    @property
    def pid(self) -> int:
        return self.made.result(60)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.line.close()


def there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_all_come_from_one_process_and_each_leads_a_session_of_its_own(forks: Callable[..., ForkServer]) -> None:
    server = forks()
    assert server.pid == 0, "it is begun when it is needed"
    visits = [Visit(server) for _ in range(3)]
    assert {visit.line.recv(99) for visit in visits} == {str(server.pid).encode()}
    assert len({visit.pid for visit in visits}) == 3
    assert all(os.getsid(visit.pid) == visit.pid for visit in visits)
    for visit in visits:
        visit.end()


def test_a_number_is_nobody_elses_until_the_shell_knows_of_the_end(forks: Callable[..., ForkServer]) -> None:
    server = forks()
    visit = Visit(server)
    visit.line.recv(99)
    visit.end()
    until(lambda: not lives(visit.pid))
    other = Visit(server)
    other.line.recv(99)
    assert there(visit.pid)
    server.over(visit.pid)
    until(lambda: not there(visit.pid))
    other.end()


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_when_it_is_gone_its_visits_go_on_and_the_next_ones_come_from_another(
    forks: Callable[..., ForkServer], fault: signal.Signals
) -> None:
    server = forks()
    visit = Visit(server)
    visit.line.recv(99)
    # It speaks before its number is told.
    assert lives(visit.pid)
    first = server.pid
    os.kill(first, fault)
    if fault == signal.SIGSTOP:
        # Nobody waits for an answer; after a while the shell gives it up.
        late = Visit(server)
        assert not late.made.done()
        server.give_up()
        assert isinstance(late.made.exception(60), OSError)
        assert late.line.recv(99) == b"", "whoever waits for that visit hears that it is gone"
    until(lambda: not lives(first))
    until(lambda: server.pid == 0)
    other = Visit(server)
    assert other.line.recv(99) == str(server.pid).encode() != str(first).encode()
    visit.line.send(b"on")
    assert visit.line.recv(99) == b"again"
    for one in (visit, other):
        one.end()
        server.over(one.pid)


def test_a_process_that_cannot_be_had_is_an_error_and_the_next_one_may_be_had(
    forks: Callable[..., ForkServer],
) -> None:
    fails = "fork, tries = os.fork, iter('no')\nos.fork = lambda: 1 // 0 if next(tries, '') else fork()"
    server = forks(first=fails.replace("1 // 0", "os.kill(1 << 22, 0)"))
    failed = [Visit(server), Visit(server)]
    assert all(isinstance(one.made.exception(60), OSError) for one in failed)
    assert [one.line.recv(99) for one in failed] == [b"", b""]
    good = Visit(server)
    assert good.line.recv(99) == str(server.pid).encode()
    good.end()


def test_a_process_that_came_to_nothing_takes_its_origin_along_and_one_that_served_does_not(
    forks: Callable[..., ForkServer],
) -> None:
    server = forks("line.recv(9)")
    served = Worker(server)
    until(lambda: served.pid)
    served.prepared, first = True, server.pid
    served.kill()
    served.bury()
    until(lambda: not there(served.pid))
    assert server.pid == first
    late = Worker(server)
    until(lambda: late.pid)
    late.kill()
    late.bury()
    assert not lives(late.pid)
    assert server.pid == 0

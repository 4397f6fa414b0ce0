"""The link on a pty whose other end is a board's logic in this process: refusals, hangs, breakdowns, one reader."""

import os
import select
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from firmware_bridge.errors import CommandRefused
from firmware_bridge.host import link as link_module
from firmware_bridge.host import wishes as wishes_module
from firmware_bridge.host.link import Bridge
from firmware_bridge.host.wishes import StartsSeen, Wishes
from firmware_bridge.wire import codes
from firmware_bridge.wire.frames import Decoder
from firmware_bridge.wire.messages import Nak
from firmware_bridge.wire.starts import SURVIVED_MS, rest_after

LEASE_MS = 300


class Stand:
    """Serves a board on a pty in real time; `answer` may be put in the board's place."""

    def __init__(self, board: Any) -> None:
        self.board = board
        self.answer: Callable[[bytes], bytes | None] = lambda _: None
        self.opened = 0
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _serve(self) -> None:
        first = self.board.now
        while not self._stop.is_set():
            ready, _, _ = select.select([self._master], [], [], 0.01)
            data = os.read(self._master, 4096) if ready else b""
            self.board.now = (first + int((time.monotonic() - self._began) * 1000)) % (1 << 30)
            said = self.answer(data) if data else None
            if said is None:
                said = self.board.session.receive(data, self.board.now)
            said += self.board.session.tick(self.board.now)
            if said:
                os.write(self._master, said)


@pytest.fixture
def stand(make_board: Callable[..., Any]) -> Iterator[Stand]:
    """A board at the other end of the cable."""
    made = Stand(make_board())
    yield made
    made.close()


def _refuse(stand: Stand, kinds: set[int]) -> Callable[[bytes], bytes | None]:
    """A board that says no to some kinds of order and carries out the rest."""

    def answer(data: bytes) -> bytes | None:
        out = b""
        for frame in Decoder().feed(data):
            if frame.type in kinds:
                out += Nak(frame.type, codes.UNKNOWN_OUTPUT).frame(frame.seq).to_bytes()
            else:
                out += stand.board.session.receive(frame.to_bytes(), stand.board.now)
        return out

    return answer


def test_a_refusal_is_told_as_one_and_the_link_stays(stand: Stand) -> None:
    """It was told as a pulled cord, and the port was opened anew 35 times in 3 s."""
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        stand.answer = _refuse(stand, {codes.SET})
        with pytest.raises(CommandRefused, match="từ chối"):
            bridge.set_output("amplifier", True)
        check = bridge.health()
        assert (check.level, check.code) == ("bad", "bridge-refuses")
        assert "từ chối" in check.fix
        sent = bridge.counters.sent
        assert until(lambda: bridge.counters.sent > sent + 6)
        assert (bridge.counters.connects, bridge.alive) == (1, True)
        assert not bridge.is_on("amplifier")
        stand.answer = lambda _: None
        bridge.set_output("amplifier", True)
        assert bridge.is_on("amplifier")
        assert bridge.health().level == "ok"


def test_a_refused_renewal_is_told_and_asked_again_in_time_only(stand: Stand) -> None:
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        stand.answer = _refuse(stand, {codes.KEEPALIVE})
        assert until(lambda: bridge.health().code == "bridge-refuses")
        assert bridge.counters.connects == 1
        stand.answer = lambda _: None
        assert until(lambda: bridge.health().level == "ok")


def test_a_link_that_comes_and_goes_is_tried_ever_more_rarely(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        wait = bridge._closing.wait
        monkeypatch.setattr(bridge._closing, "wait", lambda seconds: waits.append(seconds) or wait(seconds / 50))
        stand.answer = lambda data: b"".join(
            Nak(frame.type, codes.NO_SESSION).frame(frame.seq).to_bytes()
            if frame.type != codes.CONNECT
            else stand.board.session.receive(frame.to_bytes(), stand.board.now)
            for frame in Decoder().feed(data)
        )
        assert until(lambda: len(waits) >= 8)
    assert waits[7] >= link_module.BACKOFF_S[1] / 2


def test_a_program_that_hangs_lets_the_amplifier_fall(stand: Stand) -> None:
    """The link's own thread lives, the loop that plays does not: nobody says any more that sound is due."""
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        bridge.hold_until(time.monotonic() + 60)
        bridge.select("ip")
        bridge.set_output("amplifier", True)
        assert until(lambda: stand.board.relays[1].level == 1)
        assert stand.board.levels()[0] == 1
        bridge.hold_until(time.monotonic() - 1)
        assert until(lambda: stand.board.levels()[0] == 0)
        assert until(lambda: stand.board.relays[1].level == 0)
        assert bridge.health().code == "bridge-program-hangs"
        bridge.hold_until(time.monotonic() + 60)
        assert until(lambda: bridge.is_on("amplifier")), "it lives again: what it wanted stands"
        assert bridge.health().level == "ok"


def test_what_nobody_vouches_for_is_held_for_ever_unless_somebody_once_did(stand: Stand) -> None:
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        bridge.set_output("lamp", True)
        sent = bridge.counters.sent
        assert until(lambda: bridge.counters.sent > sent + 8)
        assert bridge.is_on("lamp")


def test_the_port_is_ours_alone_while_it_is_open_and_free_after(stand: Stand) -> None:
    """A modem manager that opens it too takes every second answer away."""
    ask = (
        "import fcntl, os, sys, struct\n"
        "line = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "print(struct.unpack('i', fcntl.ioctl(line, 0x80045440, bytes(4)))[0])"
    )
    Path(stand.port).chmod(0o666)

    def other(as_nobody: bool) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-c", ask, stand.port],
            capture_output=True,
            text=True,
            check=False,
            **({"user": 65534} if as_nobody else {}),  # type: ignore[call-overload]
        )

    with Bridge(stand.port, lease_ms=LEASE_MS):
        if os.getuid() == 0:
            assert other(as_nobody=False).stdout == "1\n", "root may look, and sees that it is taken"
            assert "busy" in other(as_nobody=True).stderr
        else:
            assert "busy" in other(as_nobody=False).stderr
    assert other(as_nobody=os.getuid() == 0).stdout == "0\n"


def test_the_talk_key_is_seen_held_and_let_go(stand: Stand) -> None:
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        assert until(lambda: bridge.telemetry is not None)
        assert not bridge.talk_held()
        stand.board.talk_pin.level = 0
        assert until(bridge.talk_held)
        stand.board.talk_pin.level = 1
        assert until(lambda: not bridge.talk_held())


def test_a_talk_key_whose_board_falls_silent_counts_as_let_go(stand: Stand) -> None:
    with Bridge(stand.port, lease_ms=60_000) as bridge:
        assert until(lambda: bridge.telemetry is not None)
        stand.board.talk_pin.level = 0
        assert until(bridge.talk_held)
        stand.board.session.tick = lambda now: b""
        assert until(lambda: not bridge.talk_held())


def test_a_board_of_level_1_that_lived_on_is_no_longer_said_to_break_down(
    stand: Stand, make_board: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said as long as the amplifier stayed on, and after it too: an order to switch off forgot the start."""
    monkeypatch.setattr(codes, "NEWEST_LEVEL", 1)
    with Bridge(stand.port, lease_ms=LEASE_MS) as bridge:
        bridge.set_output("amplifier", True)
        stand.board = make_board(boot_id=b"restarts")
        assert until(lambda: bridge.health().code == "bridge-starts-fail")
        monkeypatch.setattr(wishes_module, "SURVIVED_MS", 300)
        assert until(lambda: bridge.is_on("amplifier"))
        assert until(lambda: bridge.health().level == "ok")
        bridge.set_output("amplifier", False)
        assert bridge.health().level == "ok"


def test_a_board_of_level_1_that_breaks_down_is_rested_by_the_host() -> None:
    starts, now, closures = StartsSeen(), 100.0, []
    for _ in range(4):
        while starts.resting("amplifier", now):
            now += 0.1
        closures.append(now)
        starts.started("amplifier", now)
        now += 0.3
        starts.restarted(now)
    gaps = [round(later - earlier, 1) for earlier, later in pairwise(closures)]
    for gap, failed in zip(gaps, (1, 2, 3), strict=True):
        assert rest_after(failed) / 1000 <= gap <= rest_after(failed) / 1000 + 0.5
    assert starts.failed == 4
    assert not starts.resting("lamp", now)


def test_a_board_that_lived_on_is_forgiven_and_one_that_was_off_is_not_blamed() -> None:
    starts = StartsSeen()
    starts.started("amplifier", 0.0)
    starts.restarted(0.2)
    starts.started("amplifier", 10.0)
    assert not starts.resting("amplifier", 10.0 + SURVIVED_MS / 1000)
    assert starts.failed == 0
    starts.started("amplifier", 20.0)
    starts.ended("amplifier")
    starts.restarted(20.1)
    starts.started("lamp", 30.0)
    starts.restarted(30.1)
    assert starts.failed == 0


def test_a_source_is_asked_for_as_long_as_it_is_wanted_and_then_once_the_one_at_rest() -> None:
    wishes, sources = Wishes(), ("fm", "ip", "line")
    assert wishes.source_to_ask(sources, 0.0) is None, "what rests needs no order"
    wishes.source = "ip"
    assert [wishes.source_to_ask(sources, 1.0) for _ in range(2)] == [1, 1]
    wishes.until = 2.0
    wishes.want("amplifier", True)
    assert wishes.source_to_ask(sources, 3.0) == codes.REST_SOURCE, "nobody vouches for it"
    wishes.until = 9.0
    assert wishes.source_to_ask(sources, 3.0) == 1
    wishes.source = None
    assert [wishes.source_to_ask(sources, 4.0) for _ in range(2)] == [codes.REST_SOURCE, None]
    wishes.source = "radio"
    assert wishes.source_to_ask(sources, 5.0) == codes.REST_SOURCE, "no such source here"


def test_the_source_at_rest_is_asked_for_each_time_where_the_amplifier_stays_on_for_it() -> None:
    wishes = Wishes(rest_on=True)
    assert [wishes.source_to_ask(("fm", "ip"), 0.0) for _ in range(2)] == [codes.REST_SOURCE] * 2


def test_wishes_are_overdue_only_when_somebody_vouched_and_something_is_wanted() -> None:
    wishes = Wishes()
    wishes.want("amplifier", True)
    assert not wishes.overdue(1e9)
    wishes.until = 10.0
    assert not wishes.overdue(10.0)
    assert wishes.overdue(10.1)
    assert not wishes.on("amplifier", 10.1)
    wishes.want("amplifier", False)
    assert not wishes.overdue(10.1)

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from langso.durable.errors import OutboxTooLarge
from langso.durable.outbox import FIRST_WAIT_S, LONGEST_WAIT_S, MAX_BODY, OUTBOX_MIGRATION, Item, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock

START = datetime(2026, 11, 21, tzinfo=UTC)


def put_and_fail(store: Store, outbox: Outbox, kind: str, key: str) -> None:
    with store.transaction():
        outbox.put(kind, b"lost", key=key)
        raise KeyError


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "outbox.db", [Outbox.OUTBOX_MIGRATION])


@pytest.fixture
def outbox(store: Store, clock: SimulatedClock) -> Outbox:
    return Outbox(store, clock, spread=lambda: 1.0)


def test_offered_oldest_first_until_acknowledged(outbox: Outbox) -> None:
    first, second = outbox.put("receipts", b"1", key="a"), outbox.put("dossier", b"2", key="a")
    assert outbox.pending() == [Item(first, "receipts", "a", b"1", 0), Item(second, "dossier", "a", b"2", 0)]
    assert [item.id for item in outbox.pending("dossier")] == [second]
    assert [item.id for item in outbox.pending(limit=1)] == [first]
    assert outbox.pending(limit=0) == []
    outbox.acknowledge(first)
    outbox.acknowledge(first)
    outbox.acknowledge(999)
    assert [item.id for item in outbox.pending()] == [second]
    assert (outbox.waiting(), outbox.waiting("receipts")) == (1, 0)


def test_one_key_is_one_row_even_after_it_arrived(outbox: Outbox, clock: SimulatedClock) -> None:
    first = outbox.put("receipts", b"1", key="a")
    assert outbox.put("receipts", b"other bytes", key="a") == first
    assert outbox.pending()[0].body == b"1"
    outbox.acknowledge(first)
    assert outbox.put("receipts", b"1", key="a") == first
    assert outbox.pending() == []
    clock.advance(31 * 86400)
    assert outbox.prune() == 1
    assert outbox.put("receipts", b"1", key="a") > first


def test_prune_keeps_what_has_not_arrived(outbox: Outbox, clock: SimulatedClock) -> None:
    outbox.put("receipts", b"1", key="a")
    clock.advance(400 * 86400)
    assert outbox.prune(timedelta(0)) == 0
    assert outbox.waiting() == 1


def test_a_failure_waits_longer_each_time_and_lets_others_pass(outbox: Outbox, clock: SimulatedClock) -> None:
    bad, good = outbox.put("x", b"1", key="bad"), outbox.put("x", b"2", key="good")
    waits = []
    for _ in range(12):
        waits.append(outbox.failed(bad, "mất mạng"))
        assert [item.id for item in outbox.pending(limit=1)] == [good]
        clock.advance(waits[-1] - 0.001)
        assert bad not in [item.id for item in outbox.pending()]
        clock.advance(0.002)
        assert bad in [item.id for item in outbox.pending()]
    assert waits[:3] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S]
    assert waits[-1] == LONGEST_WAIT_S
    item = outbox.pending(limit=1)[0]
    assert (item.attempts, item.last_error) == (12, "mất mạng")


def test_full_jitter_is_spread_over_the_whole_wait(store: Store, clock: SimulatedClock) -> None:
    outbox = Outbox(store, clock, spread=random.Random(1).random)
    ids = [outbox.put("x", b"", key=str(index)) for index in range(200)]
    waits = sorted(outbox.failed(id, "") for id in ids)
    assert waits[0] < 0.1 * FIRST_WAIT_S
    assert waits[-1] > 0.9 * FIRST_WAIT_S
    assert 0.4 * FIRST_WAIT_S < sum(waits) / 200 < 0.6 * FIRST_WAIT_S


def test_postponed_is_not_a_failure_and_hurry_ends_the_wait(outbox: Outbox, clock: SimulatedClock) -> None:
    id = outbox.put("x", b"1", key="a")
    other = outbox.put("y", b"1", key="a")
    outbox.postpone(id, 60)
    outbox.postpone(other, 60)
    assert outbox.pending() == []
    outbox.hurry("x")
    assert [(item.id, item.attempts) for item in outbox.pending()] == [(id, 0)]
    outbox.hurry()
    assert len(outbox.pending()) == 2


def test_a_wall_clock_that_jumps_buries_nothing(outbox: Outbox, clock: SimulatedClock) -> None:
    clock.jump(10 * 365 * 86400)
    id = outbox.put("x", b"1", key="a")
    wait = outbox.failed(id, "")
    clock.jump(-10 * 365 * 86400)
    clock.advance(wait + 1)
    assert [item.id for item in outbox.pending()] == [id]


def test_put_belongs_to_the_transaction_around_it(outbox: Outbox, store: Store) -> None:
    with pytest.raises(KeyError):
        put_and_fail(store, outbox, "x", "a")
    assert outbox.waiting() == 0


@pytest.mark.parametrize(
    ("kind", "key", "size"), [("x", "k", MAX_BODY + 1), ("", "k", 1), ("x", "", 1), ("x", "k" * 201, 1)]
)
def test_the_door_has_a_limit(kind: str, key: str, size: int, outbox: Outbox) -> None:
    with pytest.raises(OutboxTooLarge):
        outbox.put(kind, b"x" * size, key=key)
    assert outbox.waiting() == 0


CHILD = """
import sys, pathlib
from langso.durable.store import Store
from langso.durable.outbox import Outbox
from langso.timekeeping.clock import SystemClock
outbox = Outbox(Store(pathlib.Path(sys.argv[1]), [Outbox.OUTBOX_MIGRATION]), SystemClock())
number = int(sys.argv[2])
while True:
    number += 1
    id = outbox.put("receipts", b"x" * 200, key=str(number))
    print("put", number, flush=True)
    if number % 2 == 0:
        outbox.acknowledge(id)
        print("acknowledged", number, flush=True)
"""


def test_killed_at_any_moment_nothing_put_is_lost_and_nothing_acknowledged_returns(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    put: set[int] = set()
    acknowledged: set[int] = set()
    dice = random.Random(3)
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str(max(put, default=0))], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(dice.uniform(0.01, 0.2))
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
        for line in lines:
            if line.endswith("\n"):
                word, number = line.split()
                (put if word == "put" else acknowledged).add(int(number))
        with Store(path, [OUTBOX_MIGRATION]) as store:
            offered = {int(item.key) for item in Outbox(store, SimulatedClock(START)).pending(limit=10_000)}
        assert put - offered <= {number for number in put if number % 2 == 0}
        assert not offered & acknowledged
    assert len(put) >= 5


class OutboxMachine(RuleBasedStateMachine):
    """The outbox against a plain model, with restarts, aborted transactions and a wall clock that jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = SimulatedClock(START)
        self.rows: dict[tuple[str, str], tuple[int, bytes]] = {}
        self.attempts: dict[int, int] = {}
        self.due: dict[int, float] = {}
        self.done: set[int] = set()

    @initialize()
    def open(self) -> None:
        self.store = Store(Path(self.folder.name) / "o.db", [OUTBOX_MIGRATION])
        self.outbox = Outbox(self.store, self.clock)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.due = {}
        self.open()

    @rule(kind=st.sampled_from("ab"), key=st.sampled_from("xyz"), body=st.binary(max_size=5))
    def put(self, kind: str, key: str, body: bytes) -> None:
        id = self.outbox.put(kind, body, key=key)
        assert self.rows.setdefault((kind, key), (id, body))[0] == id
        self.attempts.setdefault(id, 0)

    @rule(kind=st.sampled_from("ab"), key=st.sampled_from("xyz"))
    def put_in_vain(self, kind: str, key: str) -> None:
        with pytest.raises(KeyError):
            put_and_fail(self.store, self.outbox, kind, key)

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from([row[0] for row in self.rows.values()]))
        self.outbox.acknowledge(id)
        self.done.add(id)

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from([row[0] for row in self.rows.values()]))
        wait = self.outbox.failed(id, "vì thế")
        if id in self.done:
            assert wait == 0
            return
        self.attempts[id] += 1
        self.due[id] = self.clock.monotonic() + wait
        assert 0 <= wait <= min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (self.attempts[id] - 1))

    @rule(seconds=st.floats(0, 1000))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.floats(-1e8, 1e8))
    def clock_jumps(self, seconds: float) -> None:
        self.clock.jump(seconds)

    @invariant()
    def offered_is_what_is_due(self) -> None:
        if not hasattr(self, "outbox"):
            return
        now = self.clock.monotonic()
        expected = [
            Item(id, kind, key, body, self.attempts[id], "vì thế" if self.attempts[id] else "")
            for (kind, key), (id, body) in sorted(self.rows.items(), key=lambda row: row[1][0])
            if id not in self.done and self.due.get(id, 0) <= now
        ]
        assert self.outbox.pending() == expected
        assert self.outbox.pending(limit=1) == expected[:1]
        assert self.outbox.waiting() == len(self.rows) - len(self.done)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


OutboxMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase

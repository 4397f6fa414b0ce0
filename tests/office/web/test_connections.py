"""Which connections get a place and how long they keep it, without a socket."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field

import pytest

from office.web import connections
from office.web.connections import (
    BODY_LEAST,
    BODY_WINDOW_S,
    EACH,
    FEW,
    HEADER_S,
    KEEP_ALIVE_S,
    MOST,
    RATE_S,
    STALL_S,
    TELL_S,
    Gate,
    Moment,
    Visit,
    raise_file_limit,
)

FIRST, SECOND = object(), object()


@dataclass
class Line:
    """One connection as a test moves it."""

    visit: Visit
    moment: Moment = field(default_factory=lambda: Moment("waiting"))
    gone: int = 0

    def cut(self) -> None:
        self.gone += 1


def come(gate: Gate, address: str, now: float = 0.0, moment: Moment | None = None) -> Line | None:
    visit = gate.enter(address, now)
    if visit is None:
        return None
    line = Line(visit)
    line.moment = moment or line.moment
    visit.look, visit.cut = lambda: line.moment, line.cut
    return line


def came(gate: Gate, address: str, now: float = 0.0, moment: Moment | None = None) -> Line:
    line = come(gate, address, now, moment)
    assert line is not None
    return line


BUSY = Moment("working", FIRST)


def test_an_address_has_its_fill_and_others_have_theirs() -> None:
    gate = Gate(most=1000)
    lines = [come(gate, "a", number / 10, BUSY) for number in range(EACH + 1)]
    assert [line is None for line in lines] == [False] * EACH + [True]
    assert come(gate, "b") is not None
    assert len(gate) == EACH + 1


def test_a_proxy_may_bring_more_than_one_address() -> None:
    gate = Gate(free=("proxy",), most=200)
    assert all(come(gate, "proxy", moment=BUSY) is not None for _ in range(200))
    assert come(gate, "proxy") is None


def test_a_place_is_free_again_once() -> None:
    gate = Gate(most=1000)
    lines = [came(gate, "a", moment=BUSY) for _ in range(EACH)]
    gate.leave(lines[0].visit)
    gate.leave(lines[0].visit)
    assert come(gate, "a", 1.0, BUSY) is not None
    assert come(gate, "a", 1.0, BUSY) is None
    assert len(gate) == EACH


def test_who_never_asked_makes_room_for_the_same_address_and_the_oldest_goes_first() -> None:
    gate = Gate(most=1000)
    lines = [came(gate, "a", moment=BUSY)]
    lines += [came(gate, "a") for _ in range(EACH - 1)]
    lines[1].moment = Moment("waiting", FIRST)
    assert come(gate, "a", 1.0) is not None
    assert [line.gone for line in lines[:4]] == [0, 0, 1, 0]
    assert len(gate) == EACH


def test_an_address_that_comes_too_often_waits_and_others_do_not() -> None:
    gate = Gate(free=("proxy",), most=10_000)

    def coming(many: int, now: float, address: str = "a") -> int:
        lines = [come(gate, address, now, BUSY) for _ in range(many)]
        for line in lines:
            if line is not None:
                gate.leave(line.visit)
        return sum(line is not None for line in lines)

    assert coming(200, 0.0) == EACH
    assert coming(200, 0.0, "b") == EACH
    assert coming(200, 0.0, "proxy") == 200
    gate.tick(1.0)
    assert coming(200, 1.0) == RATE_S
    assert coming(200, 100.0) == EACH
    gate.tick(200.0)
    assert not gate._hurry, "who comes no more is forgotten"


def test_where_all_places_are_taken_the_address_with_the_most_makes_room() -> None:
    gate = Gate(free=("proxy",), most=30)
    proxy = [came(gate, "proxy") for _ in range(15)]
    few, many = [came(gate, "few") for _ in range(5)], [came(gate, "many") for _ in range(10)]
    assert come(gate, "clerk") is not None
    assert [line.gone for line in many] == [1] + [0] * 9
    assert not any(line.gone for line in few + proxy)
    for line in many:
        line.moment = BUSY
    assert come(gate, "clerk") is not None
    assert few[0].gone == 1
    assert len(gate) == 30


def test_there_is_no_place_where_all_are_at_work_with_few_each() -> None:
    gate = Gate(free=("proxy",), most=2 * FEW + 20)
    lines = [came(gate, address, moment=BUSY) for address in ["a"] * FEW + ["b"] * FEW + ["proxy"] * 20]
    assert come(gate, "c") is None
    assert not any(line.gone for line in lines)


def test_an_address_with_very_many_at_work_makes_room_for_others() -> None:
    gate = Gate(free=("proxy",), most=2 * FEW + 21)
    lines = [came(gate, address, moment=BUSY) for address in ["a"] * FEW + ["b"] * (FEW + 1) + ["proxy"] * 20]
    assert come(gate, "c", moment=BUSY) is not None
    assert [number for number, line in enumerate(lines) if line.gone] == [FEW]
    assert come(gate, "c", moment=BUSY) is None


def run(gate: Gate, line: Line, moments: list[Moment]) -> int:
    """The second at which the line was cut; -1 if it was not."""
    for second, moment in enumerate(moments):
        line.moment = moment
        gate.tick(float(second))
        if line.gone:
            return second
    return -1


def test_the_first_header_has_ten_seconds_however_it_trickles() -> None:
    gate = Gate()
    line = came(gate, "a")
    assert run(gate, line, [Moment("waiting", None, second) for second in range(60)]) == HEADER_S + 1
    assert len(gate) == 0


def test_the_next_header_is_timed_from_the_answer_before() -> None:
    gate = Gate()
    moments = [BUSY] * 30 + [Moment("waiting", FIRST)] * 30
    assert run(gate, came(gate, "a"), moments) == 30 + HEADER_S + KEEP_ALIVE_S + 1


def test_who_asks_again_and_again_is_not_cut() -> None:
    gate = Gate()
    moments = [Moment("waiting", object()) for _ in range(200)]
    assert run(gate, came(gate, "a"), moments) == -1


@pytest.mark.parametrize(("each_second", "cut"), [(BODY_LEAST // 21, True), (BODY_LEAST // 21 + 1, False)])
def test_a_body_must_come_on(each_second: int, cut: bool) -> None:
    gate = Gate()
    moments = [Moment("body", FIRST, second * each_second) for second in range(300)]
    assert run(gate, came(gate, "a"), moments) == (BODY_WINDOW_S + 1 if cut else -1)


def test_a_body_that_came_fast_at_first_must_go_on_coming() -> None:
    gate = Gate()
    moments = [Moment("body", FIRST, 1 << 20 if second else 0) for second in range(300)]
    assert 2 * BODY_WINDOW_S < run(gate, came(gate, "a"), moments) <= 2 * BODY_WINDOW_S + 3


def test_whoever_asked_must_take_the_answer_and_may_be_slow() -> None:
    gate = Gate()
    nothing = [Moment("writing", FIRST, 0, 70_000)] * 200
    assert run(gate, came(gate, "a"), nothing) == STALL_S + 1
    gate = Gate()
    slowly = [Moment("writing", FIRST, 0, 70_000 - second // 50) for second in range(400)]
    assert run(gate, came(gate, "a"), slowly) == -1


def test_the_offices_own_work_takes_as_long_as_it_takes() -> None:
    gate = Gate()
    assert run(gate, came(gate, "a"), [BUSY] * 1000) == -1


def test_places_are_half_of_the_files_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    for soft, most in ((1024, MOST), (300, 150), (resource.RLIM_INFINITY, MOST), (100_000, MOST)):
        monkeypatch.setattr(connections.resource, "getrlimit", lambda _, soft=soft: (soft, soft))
        gate = Gate()
        lines = [come(gate, f"a{number}", moment=BUSY) for number in range(MOST + 1)]
        assert sum(line is not None for line in lines) == most


def test_the_process_takes_the_files_it_may_have() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] - 1, before[1]))
        raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_crowd_writes_one_line_a_second_which_counts_the_others(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    for _ in range(EACH):
        came(gate, "10.0.0.1")
    assert not caplog.records
    for moment in (0.0, TELL_S - 0.01):
        for _ in range(500):
            come(gate, "10.0.0.1", moment)
        assert len(caplog.records) == 1
    come(gate, "10.0.0.1", TELL_S)
    told = [record.getMessage() for record in caplog.records]
    assert told[0].endswith("from 10.0.0.1")
    assert told[1].endswith(", and 999 like it")
    come(gate, "10.0.0.1", 2 * TELL_S - 0.01)
    assert len(caplog.records) == 2
    come(gate, "10.0.0.1", 2 * TELL_S)
    assert caplog.records[-1].getMessage().endswith(", and 1 like it")

"""An output whose start takes the power away, or that starts too often, gets its rest: also across restarts."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.firmware.outputs import Outputs
from firmware_bridge.firmware.starts import NotesInFlash, StartGuard
from firmware_bridge.wire.starts import BURST, REFILL_MS, RESTS_MS, SURVIVED_MS, rest_after

WRAP = 1 << 30


def ticks_diff(later: int, earlier: int) -> int:
    """MicroPython's definition."""
    return (later - earlier + WRAP // 2) % WRAP - WRAP // 2


class Pin:
    """Remembers every rise, and what was noted when it rose."""

    def __init__(self, notes: NotesInFlash) -> None:
        self.level = 0
        self.rises: list[int] = []
        self._notes = notes

    def value(self, level: int) -> None:
        if level and not self.level:
            self.rises.append(self._notes.read())
        self.level = level


class Board:
    """One guarded output; `boot` is a start of the board, `order` a host that wants it on, second by second."""

    def __init__(self, folder: Path) -> None:
        self.notes = NotesInFlash(str(folder / "failed-starts"))
        self.now = WRAP - 3000
        self.closures = 0
        self.boot()

    def boot(self) -> None:
        self.pin = Pin(self.notes)
        self.guard = StartGuard(self.notes, ticks_diff, self.now)
        self.outputs = Outputs(("amplifier",), [self.pin], ticks_diff, {0: self.guard})

    def order(self, on: bool = True) -> None:
        self.outputs.set(0, on, 60000, self.now)

    def live(self, milliseconds: int) -> None:
        for _ in range(milliseconds // 20):
            self.now = (self.now + 20) % WRAP
            self.outputs.expire(self.now)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    """A board that has just been flashed."""
    return Board(tmp_path)


def test_a_start_that_takes_the_power_away_is_tried_ever_more_rarely(board: Board) -> None:
    """14 closures in 15 s it was: a host that orders again at once, a supply that breaks down every time."""
    closures, elapsed = [], 0
    board.order()
    while elapsed < 500_000:
        if board.pin.level:
            closures.append(elapsed)
            board.boot()
            board.order()
        board.live(20)
        elapsed += 20
    assert len([moment for moment in closures if moment < 15_000]) == 3
    rests = [later - earlier for earlier, later in itertools.pairwise(closures)]
    for rest, wanted in zip(rests, [*RESTS_MS[1:], RESTS_MS[-1]], strict=False):
        assert wanted <= rest <= wanted + 60
    assert board.outputs.failed_starts == len(closures)


def test_a_start_is_noted_before_it_happens(board: Board) -> None:
    board.order()
    assert board.pin.rises == [1]


def test_a_start_that_was_survived_is_forgiven(board: Board) -> None:
    board.order()
    board.boot()
    board.order()
    assert (board.pin.level, board.outputs.held, board.outputs.failed_starts) == (0, 1, 1)
    board.live(rest_after(1) + 20)
    assert (board.pin.level, board.outputs.held) == (1, 0)
    board.live(SURVIVED_MS - 100)
    assert board.outputs.failed_starts == 1
    board.live(200)
    assert board.outputs.failed_starts == 0
    board.boot()
    board.order()
    assert board.pin.level == 1, "and the next start waits for nothing"


def test_a_short_start_proves_nothing_and_blames_nothing(board: Board) -> None:
    board.order()
    board.boot()
    board.live(rest_after(1) + 20)
    board.order()
    board.live(1000)
    board.order(False)
    assert board.notes.read() == 1


def test_what_is_no_longer_ordered_is_not_switched_on_after_its_rest(board: Board) -> None:
    board.order()
    board.boot()
    board.order()
    board.live(1000)
    board.order(False)
    board.live(5000)
    assert (board.pin.level, board.outputs.held) == (0, 0)


def test_a_host_that_chatters_is_slowed_down(board: Board) -> None:
    elapsed = rises = 0
    while elapsed < 60_000:
        board.order(True)
        rises += board.pin.level
        board.live(40)
        board.order(False)
        board.live(40)
        elapsed += 80
    assert BURST <= rises <= BURST + 60_000 // REFILL_MS + 1


def test_what_chattered_is_on_as_soon_as_it_may(board: Board) -> None:
    for _ in range(BURST + 3):
        board.order(True)
        board.order(False)
    board.order(True)
    assert board.outputs.held == 1
    board.live(REFILL_MS + 40)
    assert (board.pin.level, board.outputs.held) == (1, 0)


@pytest.mark.parametrize("content", [b"", b"x", b"-3", b"9999999", b"\x00\xff" * 9, "٣".encode()])
def test_a_damaged_note_never_stops_the_board(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "failed-starts"
    path.write_bytes(content)
    assert NotesInFlash(str(path)).read() == (255 if content.isdigit() else 0)


def test_a_flash_that_cannot_be_written_keeps_nothing_from_working(tmp_path: Path) -> None:
    notes = NotesInFlash(str(tmp_path / "no" / "folder"))
    assert notes.read() == 0
    notes.write(3)
    pin = Pin(notes)
    outputs = Outputs(("amplifier",), [pin], ticks_diff, {0: StartGuard(notes, ticks_diff, 0)})
    outputs.set(0, True, 500, 0)
    assert pin.level == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=60))
def test_a_guard_only_ever_keeps_off(make_board: Callable[..., Any], steps: list[tuple[bool, int]]) -> None:
    class Memory:
        kept = 0

        def read(self) -> int:
            return self.kept

        def write(self, failed: int) -> None:
            self.kept = failed

    pin = Pin(Memory())  # type: ignore[arg-type]
    outputs = Outputs(("amplifier",), [pin], ticks_diff, {0: StartGuard(Memory(), ticks_diff, 0)})
    now = 0
    for on, wait in steps:
        outputs.set(0, on, 60000, now)
        now += wait
        outputs.expire(now)
        assert pin.level == outputs.driven
        assert outputs.driven | outputs.held == outputs.leased
        assert not outputs.driven & outputs.held

"""Stop-and-wait holds on a line that loses, damages and cuts, against the firmware's own session."""

from collections.abc import Callable
from typing import Any

import pytest

from firmware_bridge.errors import CommandRefused, LinkLost
from firmware_bridge.host import exchange as exchange_module
from firmware_bridge.host.exchange import Counters, Exchange
from firmware_bridge.wire import codes, messages
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.frames import LinkFrame
from firmware_bridge.wire.messages import KeepAlive, Ping, SetOutput
from firmware_bridge.wire.reports import Telemetry


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch, make_line: Callable[..., Any]) -> Callable[..., Any]:
    """Lines to a board, with the exchange on the line's own time: no test waits, no lease depends on this machine."""

    def make(board: Any, **faults: float) -> Any:
        line = make_line(board, **faults)
        monkeypatch.setattr(exchange_module, "time", line)
        return line

    return make


@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"piece": 1},
        {"loss": 0.2},
        {"loss": 0.5},
        {"bit_errors": 0.004},
        {"loss": 0.2, "bit_errors": 0.002, "piece": 1},
    ],
    ids=str,
)
def test_every_command_arrives_exactly_as_ordered(
    make_board: Callable[..., Any], over: Callable[..., Any], faults: dict[str, float], monkeypatch: Any
) -> None:
    monkeypatch.setattr(exchange_module, "ATTEMPTS", 40)
    board = make_board()
    counters = Counters()
    heard: list[LinkMessage] = []
    exchange = Exchange(over(board, **faults), counters, heard.append)
    exchange.connect(7)
    wanted = [0, 0, 0]
    for turn in range(300):
        number, on = turn * 7 % 3, turn % 5 < 3
        ack = exchange.command(SetOutput(number, on, 60000))
        wanted[number] = int(on)
        assert board.levels() == wanted
        assert ack.driven == sum(level << n for n, level in enumerate(wanted))
        assert exchange.command(Ping(turn)).token == turn
        exchange.listen(0.01)
    if faults.get("loss") or faults.get("bit_errors"):
        assert counters.retries > 0
        assert board.session.replays > 0, "a lost reply must be answered from the cache"
    else:
        assert (counters.retries, counters.bad_frames, board.session.replays) == (0, 0, 0)
    assert any(isinstance(message, Telemetry) for message in heard)


def test_lost_telemetry_is_counted(make_board: Callable[..., Any], over: Callable[..., Any]) -> None:
    board = make_board()
    counters = Counters()
    line = over(board)
    exchange = Exchange(line, counters, lambda _: None)
    for turn in range(6):
        line.loss = 1.0 if turn in (2, 3) else 0.0
        for _ in range(101):
            exchange.listen(0.01)
    assert counters.unasked_lost == 2


def test_a_silent_line_ends_in_link_lost(make_board: Callable[..., Any], over: Callable[..., Any]) -> None:
    counters = Counters()
    exchange = Exchange(over(make_board(), loss=1.0), counters, lambda _: None)
    with pytest.raises(LinkLost):
        exchange.connect(1)
    assert counters.sent == exchange_module.ATTEMPTS


def test_a_refusal_is_not_retried(make_board: Callable[..., Any], over: Callable[..., Any]) -> None:
    counters = Counters()
    exchange = Exchange(over(make_board()), counters, lambda _: None)
    exchange.connect(1)
    with pytest.raises(CommandRefused) as refused:
        exchange.command(SetOutput(7, True, 1000))
    assert refused.value.reason == codes.UNKNOWN_OUTPUT
    assert counters.retries == 0


def test_a_restarted_board_is_noticed_by_its_refusal(
    make_board: Callable[..., Any], over: Callable[..., Any]
) -> None:
    line = over(make_board())
    exchange = Exchange(line, Counters(), lambda _: None)
    exchange.connect(1)
    line.board = make_board(boot_id=b"anothers")
    with pytest.raises(LinkLost):
        exchange.command(KeepAlive(0, 1000))


class _Script:
    """A line that answers with prepared bytes, whatever is written."""

    def __init__(self, answer: Callable[[LinkFrame], bytes]) -> None:
        self._answer = answer
        self._waiting = b""

    def write(self, data: bytes) -> None:
        self._waiting += self._answer(LinkFrame.from_bytes(data.strip(b"\x00")))

    def read(self, timeout: float) -> bytes:
        data, self._waiting = self._waiting, b""
        return data


def test_a_reply_to_another_command_is_not_taken() -> None:
    late = messages.Ack(codes.PING, 1, 1, 0, 5)
    older = messages.Ack(codes.KEEPALIVE, 1, 1, 0, 6)

    def answer(frame: LinkFrame) -> bytes:
        right = messages.Ack(frame.type, 0, 0, 0, 9)
        replies = [
            late.frame(frame.seq % 255 + 1),
            older.frame(frame.seq % 255 + 1),
            late.frame(frame.seq),
            right.frame(frame.seq),
        ]
        return b"".join(reply.to_bytes() for reply in replies)

    ack = Exchange(_Script(answer), Counters(), lambda _: None).command(KeepAlive(0, 1000))
    assert ack.uptime_ms == 9


def test_another_protocol_version_is_named() -> None:
    exchange = Exchange(
        _Script(lambda frame: LinkFrame(6, frame.seq, b"\x09\x06", 2).to_bytes()), Counters(), lambda _: None
    )
    with pytest.raises(LinkLost, match="phiên bản"):
        exchange.connect(1)

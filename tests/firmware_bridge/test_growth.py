"""Boards and hosts of release 0.1.0 go on working with those of today, both ways; a later release works with ours."""

import importlib
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from firmware_bridge.errors import LinkLost
from firmware_bridge.host import exchange as exchange_module
from firmware_bridge.host.exchange import Counters, Exchange
from firmware_bridge.wire import codes, messages
from firmware_bridge.wire.frames import Decoder, LinkFrame
from firmware_bridge.wire.messages import Ack, Connect, Hello, KeepAlive, Nak, Select, SetOutput

# Frozen sources, kept as they were flashed and installed.
RELEASE = Path(__file__).parent / "release_0_1_0"
NAME = "bridge_of_0_1_0"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModuleType]]:
    """Modules of release 0.1.0, such as `exchange` or `firmware.session`, under a name of their own."""
    folder = tmp_path_factory.mktemp("release")
    for text in RELEASE.glob("*.py.txt"):
        *rooms, name = text.name.removesuffix(".txt").split("-")
        target = folder.joinpath(NAME, *rooms, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent / "__init__.py").touch()
        target.write_text(text.read_text(encoding="utf-8").replace("firmware_bridge.", f"{NAME}."), encoding="utf-8")
    (folder / NAME / "__init__.py").touch()
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{NAME}.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture
def old_board(old: Callable[[str], ModuleType], make_board: Callable[..., Any]) -> Any:
    """A board flashed with 0.1.0, in the place of today's."""
    board = make_board()
    layout, wire = old("firmware.board"), old("wire.messages")
    names = tuple(name for name, _ in layout.OUTPUTS)
    ticks_diff = board.session._ticks_diff
    outputs = old("firmware.outputs").Outputs(names, board.pins, ticks_diff)
    sensors = old("firmware.sensors")
    hello = wire.Hello(
        1,
        layout.FIRMWARE,
        layout.NAME,
        1,
        b"oldboard",
        names,
        layout.SENSORS,
        wire.MAX_LEASE_MS,
    )
    board.session = old("firmware.session").Session(
        outputs,
        board.session._sensors,
        sensors.MuteSwitch(board.mute_pin, ticks_diff, board.now),
        hello,
        1000,
        1,
        ticks_diff,
        board.now,
    )
    return board


def test_a_host_of_today_commands_a_board_of_0_1_0(
    old_board: Any, make_line: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(old_board)
    monkeypatch.setattr(exchange_module, "time", line)
    heard: list[Any] = []
    exchange = Exchange(line, Counters(), heard.append)
    hello = exchange.connect(7)
    assert (hello.firmware, hello.level, hello.sources) == ((0, 1, 0), 1, ())
    assert exchange.command(SetOutput(0, True, 1000)).driven == 1
    assert exchange.command(KeepAlive(1, 1000)).source is None
    assert old_board.levels() == [1, 0, 0]
    for _ in range(120):
        exchange.listen(0.01)
    assert old_board.levels() == [0, 0, 0]
    assert [type(message).__name__ for message in heard] == ["Error", "Telemetry"] or len(heard) == 2
    assert heard[-1].source is None


def test_a_host_of_0_1_0_commands_a_board_of_today(
    old: Callable[[str], ModuleType], pico: Any, make_line: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(pico)
    conversation, wire = old("exchange"), old("wire.messages")
    monkeypatch.setattr(conversation, "time", line)
    heard: list[Any] = []
    exchange = conversation.Exchange(line, conversation.Counters(), heard.append)
    hello = exchange.connect(7)
    assert (hello.protocol, hello.outputs) == (1, ("amplifier", "lamp", "fan"))
    assert exchange.command(wire.SetOutput(0, True, 1000)).driven == 1
    for turn in range(600):
        exchange.command(wire.SetOutput(1, turn % 2 == 0, 60000))
        assert exchange.command(wire.KeepAlive(0b11, 1000)).leased == 0b01 | (turn % 2 == 0) << 1
    assert pico.levels() == [1, 0, 0]
    for _ in range(120):
        exchange.listen(0.01)
    assert pico.levels() == [0, 0, 0], "no renewal, no amplifier"
    assert {type(message).__name__ for message in heard} == {"Error", "Telemetry"}


def test_a_board_of_today_answers_a_host_of_0_1_0_byte_for_byte_as_0_1_0_did(old_board: Any, make_board: Any) -> None:
    """Whatever it is asked, as long as nothing old is repeated: what only later hosts know is told only to them."""
    new_board = make_board()
    new_board.session._hello = Hello(
        1, (0, 1, 0), "pico", 1, b"oldboard", ("amplifier", "lamp", "fan"), ("supply", "temperature", "horn"), 60000
    )
    source = random.Random(8)
    for turn in range(1, 400):
        if source.random() < 0.1 or turn == 1:
            command: Any = Connect(source.randrange(2))
        elif source.random() < 0.6:
            command = SetOutput(source.randrange(4), source.random() < 0.5, source.choice([0, 500, 5000]))
        else:
            command = KeepAlive(source.randrange(256), source.choice([0, 500, 5000]))
        raw = command.frame(turn % 255 + 1).to_bytes()
        assert new_board.session.receive(raw, new_board.now) == old_board.session.receive(raw, old_board.now)
        step = source.choice([0, 20, 300])
        for board in (new_board, old_board):
            board.now += step
        assert new_board.session.tick(new_board.now) == old_board.session.tick(old_board.now)
        assert new_board.levels() == old_board.levels()


def test_one_byte_more_in_hello_is_a_board_to_work_with(make_line: Callable[..., Any], pico: Any) -> None:
    """It read as "check the cable"."""
    say = pico.session.receive

    def longer(data: bytes, now: int) -> bytes:
        out = b""
        for frame in Decoder().feed(say(data, now)):
            more = b"\x00" if frame.type == codes.HELLO else b""
            out += LinkFrame(frame.type, frame.seq, frame.payload + more).to_bytes()
        return out

    pico.session.receive = longer
    exchange = Exchange(make_line(pico), Counters(), lambda _: None)
    assert exchange.connect(1).outputs == ("amplifier", "lamp", "fan")
    assert exchange.command(SetOutput(0, True, 1000)).driven == 1


def test_what_a_later_release_sends_unasked_is_passed_over_and_counts_as_no_loss(
    make_line: Callable[..., Any], pico: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(pico)
    monkeypatch.setattr(exchange_module, "time", line)
    counters = Counters()
    exchange = Exchange(line, counters, lambda _: None)
    exchange.connect(1)
    tick = pico.session.tick

    def more(now: int) -> bytes:
        said: bytes = tick(now)
        if not said:
            return b""
        assert len(Decoder().feed(said)) == 1
        pico.session._seq = (pico.session._seq + 1) & 0xFF
        return said + LinkFrame(codes.EXTENDED, pico.session._seq, b"\x10 of a later day").to_bytes()

    pico.session.tick = more
    for _ in range(350):
        exchange.listen(0.01)
    assert exchange.command(KeepAlive(0, 1000)).leased == 0
    assert (counters.unasked, counters.unasked_lost, counters.bad_frames) == (3, 0, 0)


@pytest.mark.parametrize(
    ("oldest", "newest", "level"), [(1, 1, 1), (1, 2, 2), (1, 9, 2), (2, 9, 2), (3, 9, 0), (2, 2, 2)]
)
def test_the_highest_level_both_know_is_spoken(oldest: int, newest: int, level: int, pico: Any) -> None:
    assert codes.shared_level(oldest, newest) == level
    (answer,) = pico.ask(Connect(1, oldest, newest), 1)
    if level:
        assert isinstance(answer, Hello)
        assert answer.level == level
    else:
        assert answer == Nak(codes.CONNECT, codes.WRONG_VERSION)


def test_a_board_that_has_forgotten_our_level_is_named_as_such(pico: Any, make_line: Callable[..., Any]) -> None:
    pico.session.receive = lambda data, now: b"".join(
        Nak(codes.CONNECT, codes.WRONG_VERSION).frame(frame.seq).to_bytes() for frame in Decoder().feed(data)
    )
    with pytest.raises(LinkLost, match="phiên bản"):
        Exchange(make_line(pico), Counters(), lambda _: None).connect(1)


def test_an_unknown_order_is_refused_and_the_link_stays(pico: Any) -> None:
    pico.ask(Connect(1, 1, 2), 1)
    for kind in (0, 13, 14, codes.EXTENDED):
        reply = pico.heard(pico.session.receive(LinkFrame(kind, 2, b"\x01\x02").to_bytes(), pico.now))
        assert reply == [Nak(kind, codes.UNKNOWN_TYPE)]


def test_a_host_of_level_1_never_hears_what_it_does_not_know(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.talk_pin.level = 0
    said = [message for _ in range(40) for message in pico.after(50)]
    assert {type(message).__name__ for message in said} == {"Telemetry"}
    (ack,) = pico.ask(Select(1, 1000, False), 2)
    assert isinstance(ack, Ack)
    assert ack.source is None
    assert messages.stamp_of(ack, ack.frame(1)) is None

"""The one promise, against a model: a pin is high only inside a lease that was paid for, and never while muted."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from firmware_bridge.firmware import board as layout
from firmware_bridge.wire import codes
from firmware_bridge.wire.frames import LinkFrame
from firmware_bridge.wire.messages import Ack, Connect, KeepAlive, Nak, SetOutput

leases = st.sampled_from([0, 99, 100, 500, 3000, 60000, 65535])


class Conversation(RuleBasedStateMachine):
    """A host that says anything at any time; `until[n]` is the model: when output n's lease ends, 0 = not ordered."""

    make_board: Callable[..., Any]

    @initialize(early=st.integers(0, 3000))
    def boot(self, early: int) -> None:
        self.board = type(self).make_board(now=(1 << 30) - 1 - early)
        self.clock = 0
        self.until = [0, 0, 0]
        self.session: int | None = None
        self.seq = 0
        self.last: tuple[Any, int] | None = None
        self.closed_for = 0
        self.open_for = layout.MUTE_DEBOUNCE_MS

    def _say(self, message: Any) -> Any:
        self.seq = self.seq % 255 + 1
        self.last = (message, self.seq)
        (reply,) = self.board.ask(message, self.seq)
        return reply

    @rule(session=st.integers(1, 2))
    def connect(self, session: int) -> None:
        self._say(Connect(session))
        if session != self.session:
            self.until = [0, 0, 0]
        self.session = session

    @rule(output=st.integers(0, 4), on=st.booleans(), lease=leases)
    def switch(self, output: int, on: bool, lease: int) -> None:
        reply = self._say(SetOutput(output, on, lease))
        right = self.session is not None and output < 3 and (not on or 100 <= lease <= 60000)
        assert isinstance(reply, Ack if right else Nak)
        if right:
            self.until[output] = self.clock + lease if on else 0

    @rule(mask=st.integers(0, 255), lease=leases)
    def renew(self, mask: int, lease: int) -> None:
        reply = self._say(KeepAlive(mask, lease))
        if isinstance(reply, Ack):
            for number in range(3):
                if mask >> number & 1 and self.until[number] > self.clock:
                    self.until[number] = self.clock + lease

    @rule()
    def repeat(self) -> None:
        if self.last is not None and not isinstance(self.last[0], Connect):
            self.board.ask(*self.last)

    @rule(raw=st.binary(max_size=40))
    def noise(self, raw: bytes) -> None:
        self.board.session.receive(raw + b"\x00", self.board.now)

    @rule(type=st.integers(0, 15), payload=st.binary(max_size=8))
    def nonsense(self, type: int, payload: bytes) -> None:
        if type not in codes.COMMANDS:
            self.seq = self.seq % 255 + 1
            self.last = None  # it may have taken the place of the last command in the board's memory
            self.board.session.receive(LinkFrame(type, self.seq, payload).to_bytes(), self.board.now)

    @rule(closed=st.booleans())
    def turn_mute_switch(self, closed: bool) -> None:
        self.board.mute_pin.level = 0 if closed else 1

    @rule(steps=st.integers(1, 60), each=st.sampled_from([1, 20, 50, 400]))
    def wait(self, steps: int, each: int) -> None:
        for _ in range(steps):
            self.clock += each
            self.board.after(each)
            if self.board.mute_pin.level == 0:
                self.closed_for, self.open_for = self.closed_for + each, 0
            else:
                self.closed_for, self.open_for = 0, self.open_for + each

    @invariant()
    def pins_are_what_the_leases_pay_for(self) -> None:
        # Up to two turns of the loop pass before a switch's new position counts; between, either is right.
        surely_muted = self.closed_for >= layout.MUTE_DEBOUNCE_MS + 800
        surely_open = self.open_for >= layout.MUTE_DEBOUNCE_MS + 800
        for number, level in enumerate(self.board.levels()):
            paid = self.until[number] > self.clock
            if number == 0 and surely_muted:
                assert level == 0
            elif number != 0 or surely_open:
                assert level == int(paid)
            else:
                assert level <= int(paid)


def test_no_conversation_breaks_the_promise(make_board: Callable[..., Any]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Conversation.make_board = staticmethod(make_board)
    run_state_machine_as_test(Conversation, settings=settings(max_examples=80, stateful_step_count=40, deadline=None))


@pytest.mark.parametrize("lease", [100, 600, 60000])
def test_a_forgotten_output_falls_for_every_lease(make_board: Callable[..., Any], lease: int) -> None:
    board = make_board()
    board.ask(Connect(1), 1)
    board.ask(SetOutput(0, True, lease), 2)
    for _ in range(lease // 20 - 1):
        board.after(20)
    assert board.levels() == [1, 0, 0]
    board.after(20)
    assert board.levels() == [0, 0, 0]

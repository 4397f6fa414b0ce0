"""What the commands of `langso speaker` print with `--json`: one line each, these keys; docs/alone.md lists them.

Keys are only ever added. What is not known is left out.
"""

from __future__ import annotations

from langso.contract import Receipt
from langso.contract.base import Message, Moment
from langso.terminal.saying import say


class RunTold(Message):
    """`run`: one line when it begins (`running` true), one when it ends; `restart`: it asks to be started again."""

    device: str
    running: bool
    restart: bool = False


class StatusTold(Message):
    """`status` of a loudspeaker that obeys nobody yet: `pairing` is new, asked or broken. Of any other it is the
    state as the office has it (docs/protocol).
    """

    pairing: str
    code: str = ""
    why: str = ""


class MuteTold(Message):
    """`mute`: what it is from now on."""

    muted: bool


class PlayTold(Message):
    """`play`, `test-tone`: played, cut or missed; ms that sounded; ms by which it began late, by the sink's word."""

    outcome: str
    heard_ms: int = 0
    error_ms: float | None = None
    why: str | None = None


class JournalTold(Message):
    """`journal`: its id, up to which receipt the office has it, the number of the last one, and the newest ones."""

    journal: str
    acknowledged: int
    through: int
    receipts: tuple[Receipt, ...]


class CalibrationTold(Message):
    """`calibrate`: the delay of this sink in ms by which every start is advanced from now on, the one before, by how
    much the plays scattered (standard deviation), how many were heard, by what (`monitor`, `microphone`, `hand`).
    """

    sound: str
    sink: str
    delay_ms: float
    before_ms: float
    spread_ms: float
    heard: int
    by: str
    measured: Moment


class SignedTold(Message):
    """`alone sign`, `alone alarm`: the folder, the place's code, the version signed, how many bells, first and last
    (of an alarm: its end; of its stop: none).
    """

    folder: str
    code: str
    version: int
    bells: int
    first: Moment | None = None
    last: Moment | None = None


class JoinedTold(Message):
    """`alone join`: who obeys which key from now on."""

    device: str
    commune: str
    code: str


TOLD: dict[str, type[Message]] = {
    "run": RunTold,
    "status": StatusTold,
    "mute": MuteTold,
    "play": PlayTold,
    "test-tone": PlayTold,
    "journal": JournalTold,
    "calibrate": CalibrationTold,
    "alone sign": SignedTold,
    "alone alarm": SignedTold,
    "alone join": JoinedTold,
}
"""By the command that prints it."""


def tell(told: Message) -> None:
    """Prints the line: of these, or of a state as the office has it."""
    say(told.to_json().decode())

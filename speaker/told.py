"""What the commands of `langso speaker` print with `--json`: one line each, these keys; docs/alone.md lists them.

Keys are only ever added. What is not known is left out.
"""

from __future__ import annotations

from langso.contract.base import Message, Moment


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
    "alone sign": SignedTold,
    "alone alarm": SignedTold,
    "alone join": JoinedTold,
}
"""By the command that prints it."""

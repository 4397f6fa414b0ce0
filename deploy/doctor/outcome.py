"""What a look gives: checks, and lines that could not be judged because another line is the cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.words.catalogue import Sentence, Words, t

SEE_MORE = Sentence("doctor-run-with-sudo")
"""The advice of every line that this user may not see; the report puts such lines together."""


@dataclass(frozen=True)
class Skipped:
    """A line that is left out: another line is its cause, so it is neither good nor bad."""

    name: str
    why: Words


@dataclass(frozen=True)
class Subject:
    """One subject: the names of its lines (the first stands for all if it hangs), its roles, its time limit, its
    function.
    """

    names: tuple[str, ...]
    roles: tuple[str, ...]
    see: Callable[[Scene], Iterable[Check | Skipped]]
    seconds: float = 6.0


def unseen(name: str, what: Words) -> Check:
    """A line that this user may not look at: not a fault, but not good either."""
    return Check.warning(name, t("doctor-not-with-these-rights", what=what), SEE_MORE)

"""What a look gives back: checks, and lines that could not be looked at because another line is the cause."""

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
    """A line left out: its cause stands in another line, so it is neither good nor bad."""

    name: str
    why: Words


@dataclass(frozen=True)
class Subject:
    """One subject: the lines it may give (the first stands for all where it hangs), for which roles, how long."""

    names: tuple[str, ...]
    roles: tuple[str, ...]
    see: Callable[[Scene], Iterable[Check | Skipped]]
    seconds: float = 6.0


def unseen(name: str, what: Words) -> Check:
    """This user may not see it: no fault, and not well either."""
    return Check.warning(name, t("doctor-not-with-these-rights", what=what), SEE_MORE)

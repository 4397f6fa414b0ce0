"""Looking as a service's own user: really opens, writes and asks, in a child process with that user's rights."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from deploy.doctor.bounded import Who, run
from deploy.doctor.errors import Unseen
from langso.words.catalogue import Sentence, t

Deed = Literal["read", "write_folder", "access", "device", "database", "query", "ask"]
_CHILD = Path(__file__).with_name("acting_child.py")
_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Act:
    """One thing to try (see `acting_child`); what `detail` means depends on the deed."""

    do: Deed
    path: Path
    detail: str = ""


@dataclass(frozen=True)
class Acted:
    """The result. `errno` 0: it worked; -1: no system error, see `why`; `late`: it did not end in time."""

    value: Any = None
    errno: int = 0
    why: str = ""
    late: bool = False

    @property
    def good(self) -> bool:
        """Whether it worked."""
        return self.errno == 0 and not self.late

    @property
    def absent(self) -> bool:
        """Whether there is nothing of that name."""
        return self.errno in (errno.ENOENT, errno.ENOTDIR)

    @property
    def forbidden(self) -> bool:
        """Whether the user lacks the right."""
        return self.errno in (errno.EACCES, errno.EPERM)


def act(who: Who, acts: Sequence[Act], *, seconds: float = 4.0) -> list[Acted]:
    """Tries each as the user `who`, in order; after one that hangs, the rest is late too. Raises Unseen where this
    process may not act as another user.
    """
    if not acts:
        return []
    if not who.is_me and Who.me().uid != 0:
        raise Unseen(Sentence("doctor-cannot-act-as", name=who.name))
    # The text goes with the command: the user may not be able to read the place it lies in.
    python = _PYTHON if Path(_PYTHON).exists() else sys.executable
    asked = json.dumps([[one.do, str(one.path), one.detail] for one in acts])
    said = run(python, "-I", "-c", _CHILD.read_text(encoding="utf-8"), seconds=seconds, who=who, stdin=asked)
    lines = said.out.splitlines()
    found = [Acted(**json.loads(line)) for line in lines[: len(acts)]]
    lost = (
        Acted(late=True)
        if said.code is None
        else Acted(errno=-1, why=said.err.strip()[-200:] or t("doctor-no-answer"))
    )
    return found + [lost] * (len(acts) - len(found))

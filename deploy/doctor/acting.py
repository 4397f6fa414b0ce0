"""Looking as a service's own user: really opening, writing, asking, in a child that has that user's rights."""

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
    """One thing to try (see acting_child): `detail` means what the deed says."""

    do: Deed
    path: Path
    detail: str = ""


@dataclass(frozen=True)
class Acted:
    """How it went. `errno` 0: well; -1: no system error, `why` says; `late`: it did not end in time."""

    value: Any = None
    errno: int = 0
    why: str = ""
    late: bool = False

    @property
    def good(self) -> bool:
        """Done without an error."""
        return self.errno == 0 and not self.late

    @property
    def absent(self) -> bool:
        """There is nothing of that name."""
        return self.errno in (errno.ENOENT, errno.ENOTDIR)

    @property
    def forbidden(self) -> bool:
        """The user has not the right."""
        return self.errno in (errno.EACCES, errno.EPERM)


def act(who: Who, acts: Sequence[Act], *, seconds: float = 4.0) -> list[Acted]:
    """Tries each as `who`, in order; after one that hangs the rest is late too. Raises Unseen without the right to
    act as somebody else.
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

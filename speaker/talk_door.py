"""The PIN opens the talk key for a while: a file that is gone with the boot, written by whoever knew the PIN."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.timekeeping.clock import since_boot
from langso.timekeeping.evidence import boot_id

FILE = "talk-open.json"
OPEN_S = 900.0
"""A quarter of an hour: for an announcement and its repetition, not for whoever comes to the box after dinner."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    boot: str = Field(max_length=64)
    until: float = Field(ge=0, lt=1e11)
    again: str = Field(default="", max_length=64)


class TalkDoor:
    """The door of the loudspeaker whose files lie in `run`."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._seen: tuple[int, _Kept | None] = (-1, None)

    def open(self, *, again: str = "") -> float:
        """Opens for OPEN_S seconds, which it returns; `again`: a new word asks for the last announcement once more.
        Only for whoever has checked the PIN. Raises FileRefused.
        """
        kept = _Kept(boot=boot_id(), until=since_boot() + OPEN_S, again=again)
        with acting_as_owner(self._run):
            write_atomic(self._run / FILE, kept.model_dump_json().encode(), mode=0o600)
        return OPEN_S

    def close(self) -> None:
        """Shuts it now."""
        with contextlib.suppress(OSError), acting_as_owner(self._run):
            (self._run / FILE).unlink(missing_ok=True)

    def left_s(self) -> float:
        """Seconds for which it is still open; 0: shut."""
        kept = self._read()
        if kept is None or kept.boot != boot_id():
            return 0.0
        # More than it is ever opened for was not written here.
        left = kept.until - since_boot()
        return left if 0 < left <= OPEN_S else 0.0

    @property
    def again(self) -> str:
        """The word with which the last announcement was asked for; "" where nobody did, or the door is shut."""
        kept = self._read()
        return kept.again if kept is not None and self.left_s() else ""

    def _read(self) -> _Kept | None:
        path = self._run / FILE
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        if changed != self._seen[0]:
            try:
                self._seen = changed, _Kept.model_validate_json(read_limited(path, 4096))
            except (FileRefused, ValidationError):
                self._seen = changed, None
        return self._seen[1]

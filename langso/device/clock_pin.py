"""The PIN with which a village head or technician sets the time of a machine: chosen by somebody, tried rarely.

There is none until one is chosen. A try is counted, durably, before it is judged: neither a killed program nor a
pulled cord gives more of them.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
import re
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from langso.device.errors import PinRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.timekeeping.clock import since_boot
from langso.timekeeping.evidence import boot_id
from langso.words.catalogue import Sentence

FILE = "clock-pin.json"
FREE_TRIES = 5
WAIT_S = 900.0
SHORTEST, LONGEST = 6, 12
_SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 64 << 20}


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    salt: str = Field(max_length=64)
    sha: str = Field(max_length=128)
    wrong: int = Field(default=0, ge=0)
    boot: str = Field(default="", max_length=64)
    steady: float = 0.0


def choose_pin(state: Path, pin: str) -> None:
    """Keeps a new PIN and forgets wrong tries. Raises PinRefused for one that anybody would guess, FileRefused."""
    digits = pin.strip()
    if not re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", digits):
        raise PinRefused(Sentence("clock-pin-form", least=SHORTEST, most=LONGEST))
    if _guessed(digits):
        raise PinRefused(Sentence("clock-pin-guessed"))
    salt = secrets.token_bytes(16)
    _keep(state, _Kept(salt=salt.hex(), sha=_hash(digits, salt)))


def has_pin(state: Path) -> bool:
    """Whether one was chosen. Raises FileRefused where that cannot be read."""
    return _read(state) is not None


def check_pin(state: Path, pin: str) -> None:
    """Raises PinRefused for a wrong one, where none was chosen, and unjudged while there were too many wrong ones."""
    kept = _read(state)
    if kept is None:
        raise PinRefused(Sentence("clock-pin-none"))
    boot, steady = boot_id(), since_boot()
    # Over a restart nobody knows how long it was: the wait begins anew with the boot.
    passed = steady - kept.steady if kept.boot == boot else steady
    if kept.wrong >= FREE_TRIES and passed < WAIT_S:
        raise PinRefused(Sentence("clock-pin-wait", minutes=int((WAIT_S - passed) // 60) + 1))
    counted = kept.model_copy(update={"wrong": kept.wrong + 1, "boot": boot, "steady": steady})
    _keep(state, counted)
    if not hmac.compare_digest(_hash(pin.strip(), bytes.fromhex(kept.salt)), kept.sha):
        raise PinRefused(Sentence("clock-pin-wrong", left=max(0, FREE_TRIES - counted.wrong)))
    _keep(state, kept.model_copy(update={"wrong": 0}))


def _guessed(digits: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(digits)}
    halves = len(digits) % 2 == 0 and digits[: len(digits) // 2] == digits[len(digits) // 2 :]
    return (len(steps) == 1 and steps <= {0, 1, 9}) or halves or len(set(digits)) < 3


def _hash(pin: str, salt: bytes) -> str:
    return hashlib.scrypt(pin.encode("utf-8", "surrogateescape"), salt=salt, **_SCRYPT).hex()


def _read(state: Path) -> _Kept | None:
    if not os.path.lexists(state / FILE):
        return None
    try:
        return _Kept.model_validate_json(read_limited(state / FILE, 4096))
    except ValidationError as error:
        raise PinRefused(Sentence("clock-pin-damaged")) from error


def _keep(state: Path, kept: _Kept) -> None:
    with acting_as_owner(state):
        write_atomic(state / FILE, kept.model_dump_json().encode(), mode=0o600)

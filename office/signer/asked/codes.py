"""Codes that a person types: six digits of an authenticator app (TOTP, RFC 6238), or a line of a printed list."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal

STEP_S = 30
NEAR = 2
"""Steps that a clock may have drifted since the last code: two and a half minutes for one typed in time."""
FAR = 120
"""An hour: two codes in a row are looked for so far away, so that a clock that was set need keep nobody out."""
LIST_LENGTH = 10
Kind = Literal["code", "two_codes", "listed", "wrong"]
_SPACES = re.compile(r"[\s.-]+")


@dataclass(frozen=True)
class Typed:
    """What was typed, digits alone. `kind` by its length: six, twelve (two codes in a row), sixteen (of the list)."""

    kind: Kind
    digits: str


def typed(text: str) -> Typed:
    """What these letters are meant to be; anything else is `wrong`."""
    digits = _SPACES.sub("", text)
    kinds: dict[int, Kind] = {6: "code", 12: "two_codes", 16: "listed"}
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in kinds:
        return Typed("wrong", "")
    return Typed(kinds[len(digits)], digits)


@dataclass(frozen=True)
class Matched:
    """The step of the person's own clock at which the code stood there, and how far that clock is from ours."""

    step: int
    drift: int


def new_secret() -> str:
    """A fresh secret for an authenticator app, base32, 160 bits."""
    import pyotp

    made: str = pyotp.random_base32()
    return made


def address_for(secret: str, person: str, commune: str) -> str:
    """What the app's camera reads."""
    import pyotp

    made: str = pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name=f"Làng Số {commune}")
    return made


def match(secret: str, said: Typed, now: float, *, drift: int, after: int, wide: bool = False) -> Matched | None:
    """Where the code fits: near to where this person's clock was last, and later than `after` (no code counts twice).

    Two codes in a row are looked for an hour around; `wide` lets a single one, where nothing was known of the clock.
    """
    here = int(now) // STEP_S
    width = FAR if wide or said.kind == "two_codes" else NEAR
    first, second = said.digits[:6], said.digits[6:]
    for off in sorted(range(-width, width + 1), key=abs):
        at = here + drift + off
        if at <= after or not _same(secret, at, first):
            continue
        if said.kind == "code":
            return Matched(at, drift + off)
        if _same(secret, at + 1, second):
            return Matched(at + 1, drift + off)
    return None


def new_list() -> tuple[str, ...]:
    """Ten lines of sixteen digits, to be printed or written down."""
    lines = ["".join(secrets.choice("0123456789") for _ in range(16)) for _ in range(LIST_LENGTH)]
    return tuple(" ".join(line[at : at + 4] for at in range(0, 16, 4)) for line in lines)


def kept(line: str) -> str:
    """How a line of the list is kept."""
    return hashlib.sha256(b"langso listed/1\0" + _SPACES.sub("", line).encode()).hexdigest()


def _same(secret: str, step: int, digits: str) -> bool:
    import pyotp

    made: str = pyotp.TOTP(secret).generate_otp(step)
    return secrets.compare_digest(made, digits)

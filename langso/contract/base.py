"""What every message of contract v1 has in common: strict types, bounded sizes, UTC milliseconds."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from langso.contract.topics import SLUG

MAX_DOCUMENT_BYTES = 1 << 20
MAX_SIGNATURES = 16
NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$"
"""No control characters, none that turn the direction of letters, none that cannot be seen."""


_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$", max_length=64)]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
KeyHex = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Hex128 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Identity = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
ShortText = Annotated[str, AfterValidator(_nfc), StringConstraints(max_length=200)]
Title = Annotated[str, AfterValidator(_nfc), StringConstraints(min_length=1, max_length=300)]
OneLine = Annotated[ShortText, StringConstraints(pattern=NO_CONTROLS)]
"""What a person enters and others read; `ShortText` stays wider, for v1's reports may carry a program's own words."""
LongText = Annotated[str, AfterValidator(_nfc), StringConstraints(max_length=4000)]
Count = Annotated[int, Field(ge=0, lt=1 << 53)]
Version = Annotated[int, Field(ge=1, lt=1 << 63)]
Percent = Annotated[int, Field(ge=0, le=100)]
BroadcastClass = Literal["normal", "priority", "emergency"]
CODE = "[a-z][a-z0-9_.-]{0,63}"
Code = Annotated[str, StringConstraints(pattern=f"^{CODE}$")]
"""What happened, for a program to decide by. Writers use a closed set (`langso.contract.outcomes`); a reader that
does not know a code shows the `why` beside it, for a later v1 has more of them.
"""
ParameterName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
Amount = Annotated[float, Field(ge=-(1 << 53), le=1 << 53)]
Parameters = Annotated[dict[ParameterName, ShortText | Count | Amount], Field(max_length=16)]
"""What a code's sentence names: minutes, a title, a time of day."""


def _to_utc(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        # pydantic refuses a message for a ValueError alone; anything else would go through its reader's reader.
        raise ValueError("no such moment in UTC") from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _rfc_3339(moment: object) -> datetime:
    if isinstance(moment, datetime):
        return moment
    # Else "-1" would be read as seconds since 1970, and a rule that compares times would go by it.
    if not isinstance(moment, str) or not _RFC_3339.fullmatch(moment):
        raise ValueError("a time is written 2026-11-22T02:14:42.123Z")
    return datetime.fromisoformat(moment.upper())


Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339)]
"""An instant as RFC 3339 writes it, with its zone; nothing else is read as one."""
Moment = Annotated[
    Instant,
    AfterValidator(_to_utc),
    PlainSerializer(_iso, return_type=str, when_used="json"),
]
"""An instant: aware, UTC, whole milliseconds; written `2026-11-22T02:14:42.123Z`."""


class Message(BaseModel):
    """Base of all messages: immutable. A reader ignores fields it does not know, so a later v1 may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> bytes:
        """Canonical bytes: UTF-8 JSON, no None fields; what is signed and sent."""
        return self.model_dump_json(exclude_none=True).encode()


class Document(Message):
    """The head of every signed order: who says it, to whom, which version, until when.

    `audience`: a commune code, a device id or `*`. `version` counts per (kind, issuer, epoch).
    """

    kind: Slug
    issuer: Slug
    audience: Annotated[str, StringConstraints(pattern=rf"^(\*|{SLUG})$", max_length=64)]
    commune: Slug
    epoch: Count
    version: Version
    issued: Moment
    expires: Moment

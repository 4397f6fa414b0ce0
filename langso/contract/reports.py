"""What devices report and how the office acknowledges it: presence, state, receipts, acknowledgement, dossiers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from langso.contract.base import (
    Code,
    Count,
    Hex128,
    Identity,
    LongText,
    Message,
    Moment,
    Parameters,
    Sha256,
    ShortText,
    Slug,
)

MAX_RECEIPTS = 200


class Presence(Message):
    """Online or gone; unsigned and so a hint only. `gone` is the broker's last will."""

    device: Slug
    online: bool
    boot: Hex128
    since: Moment | None = None


class Held(Message):
    """A version a device holds of one (kind, issuer)."""

    kind: Slug
    issuer: Slug
    epoch: Count
    version: Annotated[int, Field(ge=0, lt=1 << 62)]
    sha256: Sha256


class HealthLine(Message):
    """One health check as it is sent: name, level, why, and what to do.

    `code` with `parameters` says `why` to a program, `fix_code` says `fix`; a reader that does not know the code
    shows the text.
    """

    name: ShortText
    level: Literal["ok", "warn", "bad"]
    why: LongText
    fix: LongText = ""
    code: Code | None = None
    parameters: Parameters | None = None
    fix_code: Code | None = None


class ClockReport(Message):
    """Whether the device trusts its clock. `reason`: one word; `code` with `parameters`: as exact as `why`.

    `proven_until`: so long, to the day, it goes on being trusted where nothing more is heard.
    """

    trusted: bool
    reason: ShortText
    why: LongText = ""
    code: Code | None = None
    parameters: Parameters | None = None
    proven_until: Moment | None = None


class Storage(Message):
    """Bytes free and total where the library and the journal live."""

    free: Count
    total: Count


class State(Message):
    """Signed and numbered (kind `state`): what a device holds, trusts and does now.

    `understands`: kinds of document it takes and abilities that came after release 0.1.0, by name; what is sent on a
    topic of its own is only for devices that list it. Empty: a device of 0.1.0, which takes the kinds of its role.
    """

    kind: Literal["state"] = "state"
    device: Slug
    role: Slug
    commune: Slug
    boot: Hex128
    number: Count
    written: Moment
    software: ShortText
    held: Annotated[tuple[Held, ...], Field(max_length=500)] = ()
    clock: ClockReport
    storage: Storage
    health: Annotated[tuple[HealthLine, ...], Field(max_length=50)] = ()
    playing: ShortText | None = None
    next_play: Moment | None = None
    media_ready: Count = 0
    media_wanted: Count = 0
    muted: bool = False
    journal: Hex128 | None = None
    receipts_through: Count = 0
    needs_nonce: Hex128 | None = None
    understands: Annotated[tuple[Slug, ...], Field(max_length=64)] = ()


RefusalReason = Literal[
    "forged",
    "threshold",
    "malformed",
    "too_large",
    "wrong_role",
    "wrong_commune",
    "wrong_audience",
    "expired",
    "from_future",
    "rolled_back",
    "equivocation",
    "revoked",
    "no_trust",
    "needs_nonce",
    "bad_chain",
]


class DocumentReceipt(Message):
    """A document was stored (with how much of its media is ready) or refused, and why; refusals coalesce by hour.

    `reason` is one of a closed set; `code` with `parameters` may say more than it, beside the same `why`.
    """

    event: Literal["document"] = "document"
    document: Slug
    issuer: ShortText
    outcome: Literal["stored", "refused"]
    version: Count | None = None
    sha256: Sha256 | None = None
    media_ready: Count = 0
    media_wanted: Count = 0
    reason: RefusalReason | None = None
    why: LongText = ""
    count: Annotated[int, Field(ge=1)] = 1
    epoch: Count | None = None
    code: Code | None = None
    parameters: Parameters | None = None


class StartedReceipt(Message):
    """A play began; `error_ms` = first sample as the player's clock saw it minus the planned time.

    A play is (`kind`, `issuer`, `epoch`, `occurrence`): the document that ordered it, as far as the device says it.
    `exercise`: it was ordered as a test, which no statistics count.
    """

    event: Literal["started"] = "started"
    occurrence: Identity
    title: ShortText = ""
    planned: Moment
    error_ms: float
    time_unproven: bool = False
    kind: Slug | None = None
    issuer: Slug | None = None
    epoch: Count | None = None
    time_by_hand: bool | None = None
    storage_failed: bool | None = None
    exercise: bool | None = None


class EndedReceipt(Message):
    """How an occurrence ended; exactly one of these per play that is `final`. `heard_ms` = sound that was played.

    `code` with `parameters` is why it was not played whole, `why` the same for a person. `sounded_ms`: sound by the
    voice's own account. `replaces`: number of the ending of this journal that this one corrects, which a clock that
    had just leapt had judged; `final`: none will correct this one (None: a device that never does). `time_by_hand`:
    at a time that a person set; `storage_failed`: it may have been played before, unrecorded; `exercise`: as in
    `started`; `fallback_ms`: so much of `heard_ms` was not what was ordered, but what the order has played instead.
    """

    event: Literal["ended"] = "ended"
    occurrence: Identity
    title: ShortText = ""
    outcome: Literal["played", "cut", "missed", "refused"]
    why: ShortText = ""
    planned: Moment | None = None
    heard_ms: Count = 0
    time_unproven: bool = False
    kind: Slug | None = None
    issuer: Slug | None = None
    epoch: Count | None = None
    code: Code | None = None
    parameters: Parameters | None = None
    sounded_ms: Count | None = None
    replaces: Annotated[int, Field(ge=1, lt=1 << 53)] | None = None
    final: bool | None = None
    time_by_hand: bool | None = None
    storage_failed: bool | None = None
    exercise: bool | None = None
    fallback_ms: Count | None = None


class HeardReceipt(Message):
    """What a sensor (microphone, horn current) says of a play: proof that it was heard, `sure` 0-1; or, where `sure`
    is 0, what it found instead: `finding`, a code (None: a device that does not say).
    """

    event: Literal["heard"] = "heard"
    occurrence: Identity
    sure: Annotated[float, Field(ge=0, le=1)]
    sensor: ShortText = ""
    kind: Slug | None = None
    issuer: Slug | None = None
    epoch: Count | None = None
    finding: Code | None = None


ReceiptBody = Annotated[DocumentReceipt | StartedReceipt | EndedReceipt | HeardReceipt, Field(discriminator="event")]


class Receipt(Message):
    """One line of a device's journal: numbered from 1, chained by the SHA-256 of the previous receipt's bytes.

    The first receipt's `previous` is 64 zeros.
    """

    number: Annotated[int, Field(ge=1, lt=1 << 53)]
    previous: Sha256
    written: Moment
    body: ReceiptBody


class Receipts(Message):
    """A signed envelope's payload (kind `receipts`): 1-200 consecutive receipts of one journal.

    `lines` are the exact JSON texts of Receipt, so that the chain's hashes can be recomputed.
    """

    kind: Literal["receipts"] = "receipts"
    device: Slug
    commune: Slug
    journal: Hex128
    lines: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_RECEIPTS)]


class ReceiptsAck(Message):
    """Signed by the office (kind `ack`): the highest contiguous receipt number durably stored for a journal.

    `conflict`: same number with other bytes was seen (a clone, or a card restored from an old copy); `head`: the
    SHA-256 of receipt `through`, so that a device knows whether it is its own that is stored.
    """

    kind: Literal["ack"] = "ack"
    issuer: Slug
    device: Slug
    commune: Slug
    journal: Hex128
    through: Count
    written: Moment
    conflict: bool = False
    head: Sha256 | None = None


class DossierManifest(Message):
    """Signed by the kiosk (kind `dossier`): what it sends, encrypted to the office's age key.

    `sha256` and `size` are those of the ciphertext; `plain_sha256` of the PDF inside.
    """

    kind: Literal["dossier"] = "dossier"
    device: Slug
    commune: Slug
    dossier: Identity
    title: ShortText
    procedure: Annotated[str, StringConstraints(max_length=20)] = ""
    pages: Annotated[int, Field(ge=1, le=500)]
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=256 << 20)]
    plain_sha256: Sha256
    made: Moment

    @model_validator(mode="after")
    def _titled(self) -> Self:
        if not self.title.strip():
            raise ValueError("a dossier needs a title")
        return self

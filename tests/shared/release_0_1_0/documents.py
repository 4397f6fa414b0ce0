"""Signed documents that devices obey: root, trust, plan, urgent, catalogue, order."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .base import (
    BroadcastClass,
    Count,
    Document,
    Hex128,
    Identity,
    KeyHex,
    LongText,
    Message,
    Moment,
    Percent,
    Sha256,
    ShortText,
    Slug,
    Title,
)

MAX_OCCURRENCES = 4000

ClockTime = Annotated[str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Index = Annotated[int, Field(ge=0, lt=MAX_OCCURRENCES)]
Keys = Annotated[tuple[KeyHex, ...], Field(min_length=1, max_length=16)]


class Threshold(Message):
    """Raw Ed25519 public keys in hex, and how many of them must sign."""

    keys: Keys
    threshold: Annotated[int, Field(ge=1, le=16)]

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if len(set(self.keys)) != len(self.keys):
            raise ValueError("a key is listed twice")
        if self.threshold > len(self.keys):
            raise ValueError("the threshold is above the number of keys")
        return self


class RootDocument(Document):
    """One link of the root chain: signed by the threshold of the version before and by its own."""

    kind: Literal["root"] = "root"
    root: Threshold


class IssuerRule(Message):
    """What one issuer (office, province, a village) may say, and where.

    `places`: village slugs where its broadcasts may be heard, `*` for all.
    """

    name: Slug
    signers: Threshold
    epoch: Count
    kinds: Annotated[tuple[Literal["plan", "urgent", "catalogue", "order", "ack"], ...], Field(max_length=8)]
    classes: Annotated[tuple[BroadcastClass, ...], Field(max_length=3)] = ()
    places: Annotated[tuple[str, ...], Field(max_length=200)] = ("*",)
    minutes_a_day: Annotated[int, Field(ge=0, le=1440)] | None = None


class QuietHours(Message):
    """From `start` to `end`, Vietnamese wall clock; may pass midnight. Only emergencies are heard in it."""

    start: ClockTime
    end: ClockTime


class Caps(Message):
    """Hard limits that a plan may tighten, never loosen."""

    volume: Percent = 100
    minutes_a_day: Annotated[int, Field(ge=0, le=1440)] = 1440
    quiet_hours: Annotated[tuple[QuietHours, ...], Field(max_length=8)] = ()


class TrustDocument(Document):
    """Signed by the root threshold: issuers and their rules, caps, revoked devices, valid commune codes.

    Its issuer is `root` and its epoch the version of the root that signs it.
    """

    kind: Literal["trust"] = "trust"
    communes: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=8)]
    issuers: Annotated[tuple[IssuerRule, ...], Field(min_length=1, max_length=300)]
    caps: Caps = Caps()
    revoked: Annotated[tuple[Slug, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _one_rule_each(self) -> Self:
        names = [rule.name for rule in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("an issuer is listed twice")
        if "root" in names:
            raise ValueError("no issuer may be called root")
        return self

    def rule(self, issuer: str) -> IssuerRule | None:
        """The rule of one issuer, or None."""
        return next((rule for rule in self.issuers if rule.name == issuer), None)


class TrustBundle(Message):
    """What `/trust` carries: the root chain since pairing (oldest first) and the trust document, as envelopes.

    Each envelope is the exact DSSE JSON text.
    """

    chain: Annotated[tuple[str, ...], Field(max_length=64)] = ()
    trust: str


class Media(Message):
    """A sound file by content. `size` bytes, `duration_ms` of sound, fetched at `/media/{sha256}`."""

    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=512 << 20)]
    duration_ms: Annotated[int, Field(ge=1, le=24 * 3600 * 1000)]
    codec: Literal["opus", "flac", "wav", "mp3"]


class Late(Message):
    """What to do when the time has passed: drop, play if at most `minutes` late, or always."""

    rule: Literal["drop", "within", "always"] = "within"
    minutes: Annotated[int, Field(ge=0, le=1440)] = 5


class Programme(Message):
    """A broadcast: its media in order (indices into Plan.media), its chime played before the planned time.

    `after_cut`: what happens to it after an emergency cut in: resume where it was, restart, or stay cut.
    """

    id: Identity
    title: Title
    broadcast_class: BroadcastClass = "normal"
    media: Annotated[tuple[Index, ...], Field(min_length=1, max_length=50)]
    chime: Index | None = None
    volume: Percent = 100
    late: Late = Late()
    after_cut: Literal["resume", "restart", "stay_cut"] = "resume"


class TargetSet(Message):
    """Who plays: device ids; `*` means every loudspeaker of the commune."""

    devices: Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]

    def includes(self, device_id: str) -> bool:
        """Whether this device is meant."""
        return "*" in self.devices or device_id in self.devices


class Occurrence(Message):
    """One play at one instant: `start` is the first sample of the first item; the id never changes meaning."""

    id: Identity
    programme: Index
    targets: Index
    start: Moment


class Plan(Document):
    """Everything to be played up to `until` (>= 14 days ahead) as concrete occurrences, ordered by start."""

    kind: Literal["plan"] = "plan"
    until: Moment
    media: Annotated[tuple[Media, ...], Field(max_length=2000)] = ()
    programmes: Annotated[tuple[Programme, ...], Field(max_length=2000)] = ()
    target_sets: Annotated[tuple[TargetSet, ...], Field(max_length=500)] = ()
    occurrences: Annotated[tuple[Occurrence, ...], Field(max_length=MAX_OCCURRENCES)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for programme in self.programmes:
            chime = () if programme.chime is None else (programme.chime,)
            if max((*programme.media, *chime)) >= len(self.media):
                raise ValueError(f"programme {programme.id} names media that the plan does not list")
            if programme.broadcast_class == "emergency":
                raise ValueError("a plan may not hold an emergency")
        ids: set[str] = set()
        for occurrence in self.occurrences:
            if occurrence.programme >= len(self.programmes) or occurrence.targets >= len(self.target_sets):
                raise ValueError(f"occurrence {occurrence.id} points outside the plan's tables")
            if occurrence.id in ids:
                raise ValueError(f"occurrence {occurrence.id} is listed twice")
            ids.add(occurrence.id)
        return self

    def duration_ms(self, programme: Programme) -> int:
        """Length of a programme's items, without its chime."""
        return sum(self.media[index].duration_ms for index in programme.media)


class UrgentOrder(Message):
    """One order in force now. `play` needs media; `relay` a stream address; `stop` the ids to stop (`*` for all
    that plays); `all_clear` ends the urgent orders named in `ends` (`*` for all of this issuer).
    """

    id: Identity
    action: Literal["play", "relay", "stop", "all_clear"]
    broadcast_class: BroadcastClass = "emergency"
    title: ShortText = ""
    media: Annotated[tuple[Media, ...], Field(max_length=10)] = ()
    repeat: Annotated[int, Field(ge=1, le=1000)] = 1
    pause_ms: Annotated[int, Field(ge=0, le=600_000)] = 1000
    volume: Percent = 100
    stream: Annotated[str, StringConstraints(max_length=500)] | None = None
    ends: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    targets: TargetSet = TargetSet(devices=("*",))
    issued: Moment
    expires: Moment

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.action == "play" and not self.media:
            raise ValueError(f"order {self.id} plays nothing")
        if self.action == "relay" and not self.stream:
            raise ValueError(f"order {self.id} relays nothing")
        if self.action in ("stop", "all_clear") and not self.ends:
            raise ValueError(f"order {self.id} ends nothing")
        return self


class Urgent(Document):
    """All urgent orders of one issuer that are in force; an order no longer listed has ended."""

    kind: Literal["urgent"] = "urgent"
    orders: Annotated[tuple[UrgentOrder, ...], Field(max_length=50)] = ()


class Account(Message):
    """A bank account of the commune's own: `bin` of the bank, account number, holder as the bank writes it."""

    bin: Annotated[str, StringConstraints(pattern="^[0-9]{6}$")]
    number: Annotated[str, StringConstraints(pattern="^[A-Z0-9]{1,19}$")]
    holder: ShortText
    label: ShortText = ""


class Fee(Message):
    """A fee in whole đồng for one unit of something; `text` is what the rule says, verbatim."""

    amount: Annotated[int, Field(ge=0, le=10**12)] | None = None
    unit: ShortText = ""
    text: LongText = ""
    verified: ShortText = ""


class Procedure(Message):
    """A procedure (TTHC): its code, its name in plain words, what papers it needs."""

    code: Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]
    name: Title
    papers: Annotated[tuple[Title, ...], Field(max_length=50)] = ()
    fee: Fee | None = None
    days: ShortText = ""
    source: ShortText = ""


class Catalogue(Document):
    """What kiosks show: procedures, the commune's own payment accounts, the key dossiers are encrypted to."""

    kind: Literal["catalogue"] = "catalogue"
    commune_name: Title
    accounts: Annotated[tuple[Account, ...], Field(max_length=50)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=500)] = ()
    age_recipient: Annotated[str, StringConstraints(pattern="^age1[a-z0-9]{20,100}$")] | None = None


class DeviceOrder(Message):
    """Done once: the id is committed before it is done. `nonce_answer` carries the device's own nonce back."""

    id: Identity
    action: Literal["restart", "test_sound", "nonce_answer", "republish_state"]
    nonce: Hex128 | None = None
    expires: Moment


class DesiredSettings(Message):
    """What the office wants of a device; absent fields keep the device's own."""

    volume: Percent | None = None


class Order(Document):
    """For one device: desired settings and orders."""

    kind: Literal["order"] = "order"
    settings: DesiredSettings = DesiredSettings()
    orders: Annotated[tuple[DeviceOrder, ...], Field(max_length=50)] = ()

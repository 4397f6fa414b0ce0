"""Signed documents that devices obey: root, trust, plan, urgent, catalogue, order."""

from __future__ import annotations

import operator
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from langso.contract.base import (
    BroadcastClass,
    Code,
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
MAX_RECEIVED = 500

ClockTime = Annotated[str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Index = Annotated[int, Field(ge=0, lt=MAX_OCCURRENCES)]
Keys = Annotated[tuple[KeyHex, ...], Field(min_length=1, max_length=16)]
AgeRecipient = Annotated[str, StringConstraints(pattern="^age1[a-z0-9]{20,100}$")]
Host = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)*$", max_length=253
    ),
]
"""A host as it stands in an address: lower-case letters, digits, hyphens, dots (IDN as `xn--`); no port, no star."""


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


FirstKind = Literal["plan", "urgent", "catalogue", "order", "ack"]
FIRST_KINDS: tuple[FirstKind, ...] = get_args(FirstKind)
OF_ROOT = ("root", "trust")


class IssuerRule(Message):
    """What one issuer (office, province, a village) may say, and where.

    `places`: village slugs where its broadcasts may be heard, `*` for all. `grants`: kinds that came after release
    0.1.0, whose devices would refuse the whole document for one more name in `kinds`; unknown names grant nothing.
    """

    name: Slug
    signers: Threshold
    epoch: Count
    kinds: Annotated[tuple[FirstKind, ...], Field(max_length=8)]
    classes: Annotated[tuple[BroadcastClass, ...], Field(max_length=3)] = ()
    places: Annotated[tuple[str, ...], Field(max_length=200)] = ("*",)
    minutes_a_day: Annotated[int, Field(ge=0, le=1440)] | None = None
    grants: Annotated[tuple[Slug, ...], Field(max_length=32)] = ()

    def may_issue(self, kind: str) -> bool:
        """Whether it may issue documents of this kind: the first five by `kinds` alone, later ones by `grants`."""
        if kind in FIRST_KINDS:
            return kind in self.kinds
        return kind in self.grants and kind not in OF_ROOT


class QuietHours(Message):
    """From `start` to `end` by the Vietnamese wall clock, also across midnight: only emergencies are heard then."""

    start: ClockTime
    end: ClockTime


class LoudnessCap(Message):
    """From `start` to `end` by the Vietnamese wall clock, also across midnight (equal: all day), what is of these
    classes is at most `volume` loud.
    """

    start: ClockTime
    end: ClockTime
    volume: Percent
    classes: Annotated[tuple[BroadcastClass, ...], Field(min_length=1, max_length=3)] = ("normal", "priority")


class Caps(Message):
    """Hard limits that a plan may tighten, never loosen. `loudness` (since 0.3.0): tighter than `volume`, by hour and
    class.
    """

    volume: Percent = 100
    minutes_a_day: Annotated[int, Field(ge=0, le=1440)] = 1440
    quiet_hours: Annotated[tuple[QuietHours, ...], Field(max_length=8)] = ()
    # Left out where there is none: what a list of rights says by default is what release 0.1.0 knows.
    loudness: Annotated[tuple[LoudnessCap, ...], Field(max_length=16, exclude_if=operator.not_)] = ()


class Account(Message):
    """A bank account of the commune's own: `bin` of the bank, account number, holder as the bank writes it."""

    bin: Annotated[str, StringConstraints(pattern="^[0-9]{6}$")]
    number: Annotated[str, StringConstraints(pattern="^[A-Z0-9]{1,19}$")]
    holder: ShortText
    label: ShortText = ""


class VouchedAccount(Account):
    """An account that the root keys vouch for, so that it may be called the commune's own; `id` is what others name.

    `purpose`: what is paid to it (`fees`, `fund`: a code, for what it is read as); `village`: whose it is, None: the
    commune's. `holder_kind`: `commune`, or `person` where a fund's account is its treasurer's own. It holds from
    `valid_from` until before `valid_until`; None: unbounded.
    """

    id: Identity
    purpose: Code
    holder_kind: Code = "commune"
    village: Slug | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None


class TrustDocument(Document):
    """Signed by the root threshold: issuers and their rules, caps, revoked devices, valid commune codes.

    Its issuer is `root` and its epoch the version of the root that signs it. Since release 0.2.0, absent where the
    root keys have not said it yet: `accounts` that are the commune's own, `age_recipient` of the office, to whose key
    scans are encrypted, `relay_hosts` whose streams an order may relay.
    """

    kind: Literal["trust"] = "trust"
    communes: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=8)]
    issuers: Annotated[tuple[IssuerRule, ...], Field(min_length=1, max_length=300)]
    caps: Caps = Caps()
    revoked: Annotated[tuple[Slug, ...], Field(max_length=1000)] = ()
    accounts: Annotated[tuple[VouchedAccount, ...], Field(max_length=100)] = ()
    age_recipient: AgeRecipient | None = None
    relay_hosts: Annotated[tuple[Host, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _one_rule_each(self) -> Self:
        names = [rule.name for rule in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("an issuer is listed twice")
        if "root" in names:
            raise ValueError("no issuer may be called root")
        accounts = [account.id for account in self.accounts]
        if len(set(accounts)) != len(accounts):
            raise ValueError("an account is listed twice")
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
    """What to do when the planned time has passed: drop it, play it if at most `minutes` late, or play it always."""

    rule: Literal["drop", "within", "always"] = "within"
    minutes: Annotated[int, Field(ge=0, le=1440)] = 5


class Programme(Message):
    """A broadcast: its media in order (indices into Plan.media), its chime played before the planned time.

    `after_cut`: what happens to it after an emergency cut in: resume where it was, restart, or stay cut. `exercise`
    (since 0.3.0): it is a test, no news; a reader that does not know it finds it in the title. `stream` (since
    0.3.0): the https address of a station that is relayed for `stream_ms`; `media` are then what is heard where it
    does not come, and all that earlier readers play.
    """

    id: Identity
    title: Title
    broadcast_class: BroadcastClass = "normal"
    media: Annotated[tuple[Index, ...], Field(min_length=1, max_length=50)]
    chime: Index | None = None
    volume: Percent = 100
    late: Late = Late()
    after_cut: Literal["resume", "restart", "stay_cut"] = "resume"
    exercise: bool | None = None
    stream: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    stream_ms: Annotated[int, Field(ge=1000, le=24 * 3600 * 1000)] | None = None


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
    """Everything to be played up to `until` (>= 14 days ahead) as concrete occurrences, ordered by start.

    `fleet` (since 0.3.0): about how many devices share the broker, so that they come back to it spread out.
    `kept` (since 0.3.0): indices into `media` of what always lies on a loudspeaker, ahead of any need: siren, chimes,
    sentences for an emergency.
    """

    kind: Literal["plan"] = "plan"
    until: Moment
    media: Annotated[tuple[Media, ...], Field(max_length=2000)] = ()
    programmes: Annotated[tuple[Programme, ...], Field(max_length=2000)] = ()
    target_sets: Annotated[tuple[TargetSet, ...], Field(max_length=500)] = ()
    occurrences: Annotated[tuple[Occurrence, ...], Field(max_length=MAX_OCCURRENCES)] = ()
    fleet: Count | None = None
    kept: Annotated[tuple[Index, ...], Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if max(self.kept or (-1,)) >= len(self.media):
            raise ValueError("what is to be kept is not among the plan's media")
        for programme in self.programmes:
            chime = () if programme.chime is None else (programme.chime,)
            if max((*programme.media, *chime)) >= len(self.media):
                raise ValueError(f"programme {programme.id} names media that the plan does not list")
            if (programme.stream is None) != (programme.stream_ms is None):
                raise ValueError(f"programme {programme.id} does not say what is relayed, or for how long")
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
        """How long a programme may sound, without its chime: its items, or what it relays where that is longer."""
        return max(programme.stream_ms or 0, sum(self.media[index].duration_ms for index in programme.media))


class UrgentOrder(Message):
    """One order in force now. `play` needs media; `relay` a stream address; `stop` the ids to stop (`*` for all
    that plays); `all_clear` ends the urgent orders named in `ends` (`*` for all of this issuer). `exercise` (since
    0.3.0): nothing has happened, it is practised. `fallback` (since 0.3.0): what is played instead of `media` that
    cannot be fetched in time, and of a stream that says nothing.
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
    exercise: bool | None = None
    fallback: Annotated[tuple[Media, ...], Field(min_length=1, max_length=10)] | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.action == "play" and not self.media:
            raise ValueError(f"order {self.id} plays nothing")
        if self.action == "relay" and not self.stream:
            raise ValueError(f"order {self.id} relays nothing")
        if self.action in ("stop", "all_clear") and not self.ends:
            raise ValueError(f"order {self.id} ends nothing")
        return self

    @property
    def sounds(self) -> bool:
        """Whether it makes something heard; else it only ends what is."""
        return self.action in ("play", "relay")


class Urgent(Document):
    """All urgent orders of one issuer that are in force; an order no longer listed has ended."""

    kind: Literal["urgent"] = "urgent"
    orders: Annotated[tuple[UrgentOrder, ...], Field(max_length=50)] = ()


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
    """What kiosks show: procedures, the commune's own payment accounts, the key dossiers are encrypted to.

    `fleet` (since 0.3.0): as in `Plan`.
    """

    kind: Literal["catalogue"] = "catalogue"
    commune_name: Title
    accounts: Annotated[tuple[Account, ...], Field(max_length=50)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=500)] = ()
    age_recipient: AgeRecipient | None = None
    fleet: Count | None = None


class DeviceOrder(Message):
    """An order to one device, done once: the device records the id before it acts. `nonce_answer` returns the
    device's own nonce.
    """

    id: Identity
    action: Literal["restart", "test_sound", "nonce_answer", "republish_state"]
    nonce: Hex128 | None = None
    expires: Moment


class DesiredSettings(Message):
    """What the office wants of a device; absent fields keep the device's own."""

    volume: Percent | None = None


class TalkRight(Message):
    """That the head of `village` may speak over the loudspeakers there by the talk key: so many minutes a day and a
    calendar month (Vietnamese time), until before `until` (None: until it is withdrawn). `role`: who, as a code.
    """

    village: Slug
    role: Code = "village_head"
    minutes_a_day: Annotated[int, Field(ge=0, le=1440)]
    minutes_a_month: Annotated[int, Field(ge=0, le=31 * 1440)]
    until: Moment | None = None


class Order(Document):
    """For one device: desired settings and orders.

    Since 0.3.0: `received`, dossiers of this kiosk that a courier brought to the office, the newest last; absent:
    nothing is said of any. `talk`: who may speak at this loudspeaker; absent: nobody.
    """

    kind: Literal["order"] = "order"
    settings: DesiredSettings = DesiredSettings()
    orders: Annotated[tuple[DeviceOrder, ...], Field(max_length=50)] = ()
    received: Annotated[tuple[Identity, ...], Field(max_length=MAX_RECEIVED)] | None = None
    talk: TalkRight | None = None

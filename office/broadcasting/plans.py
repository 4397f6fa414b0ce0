"""From broadcasts to a plan, and whether a new one fits between the others. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypedDict, TypeVar

from pydantic import ValidationError

from langso.contract import MAX_OCCURRENCES, Late, Media, Occurrence, Plan, Programme, TargetSet
from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused

HORIZON = timedelta(days=14)
PLAN_LIFE = timedelta(days=30)
KEEP_PAST = timedelta(hours=24)
EVERYONE = "*"
AMPLIFIER_LEAD = timedelta(seconds=3)
AMPLIFIER_TAIL = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Relayed:
    """A station and how long it is relayed; the programme's own media are heard where it does not come."""

    stream: str
    lasts_ms: int


@dataclass(frozen=True)
class Piece:
    """What is played, to whom and how: one programme of a plan. `devices`: ids, or `*` alone for all."""

    id: str
    title: str
    broadcast_class: Literal["normal", "priority"]
    media: tuple[Media, ...]
    devices: tuple[str, ...]
    chime: Media | None = None
    volume: int = 100
    late: Late = field(default_factory=Late)
    after_cut: Literal["resume", "restart", "stay_cut"] = "resume"
    exercise: bool = False
    relay: Relayed | None = None

    @property
    def length(self) -> timedelta:
        """How long its items sound, without the chime, or its station where that is longer."""
        own = timedelta(milliseconds=sum(media.duration_ms for media in self.media))
        return own if self.relay is None else max(own, timedelta(milliseconds=self.relay.lasts_ms))

    @property
    def lead(self) -> timedelta:
        """How long its chime sounds, before the planned time."""
        return timedelta(milliseconds=self.chime.duration_ms if self.chime else 0)


@dataclass(frozen=True)
class Planned:
    """A piece at one instant. `id`: the occurrence's on the wire; it never changes meaning."""

    id: str
    show: Piece
    start: datetime

    @property
    def begins(self) -> datetime:
        """When the amplifier must be on (chime and margin included)."""
        return self.start - self.show.lead - AMPLIFIER_LEAD

    @property
    def ends(self) -> datetime:
        """When the amplifier is off again."""
        return self.start + self.show.length + AMPLIFIER_TAIL


@dataclass(frozen=True)
class Head:
    """What every signed document says first: who says it, to whom, which version, when."""

    issuer: str
    commune: str
    epoch: int
    version: int
    issued: datetime

    def fields(self, life: timedelta) -> HeadFields:
        """The fields of this head for a document to the whole commune that is valid for `life` from now."""
        return HeadFields(
            issuer=self.issuer,
            audience="*",
            commune=self.commune,
            epoch=self.epoch,
            version=self.version,
            issued=self.issued,
            expires=self.issued + life,
        )


class HeadFields(TypedDict):
    """The fields that every signed document's model takes, as keyword arguments."""

    issuer: str
    audience: str
    commune: str
    epoch: int
    version: int
    issued: datetime
    expires: datetime


def make_plan(
    planned: Iterable[Planned], head: Head, *, fleet: int | None = None, kept: Sequence[Media] = ()
) -> Plan:
    """The plan of all that is still to be played, or was played within 24 h (leaving an id out is an order to stop);
    `fleet`: about how many devices share the broker; `kept`: what always lies on loudspeakers.

    Raises BroadcastRefused above 4,000 occurrences or where a table overflows.
    """
    told = sorted((one for one in planned if one.ends > head.issued - KEEP_PAST), key=lambda one: (one.start, one.id))
    if len(told) > MAX_OCCURRENCES:
        raise BroadcastRefused(Sentence("broadcasting-plan-full", plays=len(told), most=MAX_OCCURRENCES))
    media: dict[Media, int] = {}
    targets: dict[tuple[str, ...], int] = {}
    programmes: dict[str, int] = {}
    shows: list[Programme] = []
    occurrences: list[Occurrence] = []
    try:
        for one in told:
            show = one.show
            if show.id not in programmes:
                programmes[show.id] = len(programmes)
                shows.append(
                    Programme(
                        id=show.id,
                        title=show.title,
                        broadcast_class=show.broadcast_class,
                        media=tuple(_index(media, item) for item in show.media),
                        chime=None if show.chime is None else _index(media, show.chime),
                        volume=show.volume,
                        late=show.late,
                        after_cut=show.after_cut,
                        exercise=show.exercise or None,
                        stream=None if show.relay is None else show.relay.stream,
                        stream_ms=None if show.relay is None else show.relay.lasts_ms,
                    )
                )
            devices = tuple(sorted(set(show.devices)))
            occurrences.append(
                Occurrence(
                    id=one.id, programme=programmes[show.id], targets=_index(targets, devices), start=one.start
                )
            )
        last = max((one.ends for one in told), default=head.issued)
        until = max(head.issued + HORIZON, last)
        lying = tuple(_index(media, one) for one in kept)
        return Plan(
            **head.fields(max(PLAN_LIFE, until + timedelta(days=1) - head.issued)),
            until=until,
            media=tuple(media),
            programmes=tuple(shows),
            target_sets=tuple(TargetSet(devices=devices) for devices in targets),
            occurrences=tuple(occurrences),
            fleet=fleet,
            kept=lying or None,
        )
    except ValidationError as error:
        raise BroadcastRefused(Sentence("broadcasting-plan-failed", why=error.errors()[0]["msg"])) from error


def read_plan(plan: Plan) -> list[Planned]:
    """The reverse of `make_plan`: what a signed plan says is to be played, for an office that has lost
    its database.
    """
    shows: dict[tuple[int, int], Piece] = {}
    planned = []
    for occurrence in plan.occurrences:
        key = (occurrence.programme, occurrence.targets)
        if key not in shows:
            programme = plan.programmes[occurrence.programme]
            if programme.broadcast_class == "emergency":
                continue
            shows[key] = Piece(
                id=programme.id,
                title=programme.title,
                broadcast_class=programme.broadcast_class,
                media=tuple(plan.media[index] for index in programme.media),
                devices=plan.target_sets[occurrence.targets].devices,
                chime=None if programme.chime is None else plan.media[programme.chime],
                volume=programme.volume,
                late=programme.late,
                after_cut=programme.after_cut,
                exercise=bool(programme.exercise),
                relay=relayed(programme.stream, programme.stream_ms),
            )
        planned.append(Planned(occurrence.id, shows[key], occurrence.start))
    return planned


def relayed(stream: str | None, lasts_ms: int | None) -> Relayed | None:
    """A station as a programme's two fields say it; None: there is none."""
    return None if stream is None or lasts_ms is None else Relayed(stream, lasts_ms)


def clash(new: Planned, others: Iterable[Planned]) -> Planned | None:
    """The first other show that some device would have to play at the same time as the new one, margins included; or
    None.
    """
    touching = (
        other
        for other in others
        if other.id != new.id
        and other.begins < new.ends
        and new.begins < other.ends
        and meet(new.show.devices, other.show.devices)
    )
    return min(touching, key=lambda other: (other.start, other.id), default=None)


def first_free(new: Planned, others: Sequence[Planned]) -> datetime:
    """The first whole minute, not before the wished time, at which the new show clashes with none of the others."""
    start = new.start
    while (other := clash(Planned(new.id, new.show, start), others)) is not None:
        start = whole_minute(other.ends + new.show.lead + AMPLIFIER_LEAD)
    return start


def whole_minute(moment: datetime) -> datetime:
    """The moment, or the next whole minute after it."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def meet(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two target lists have a device in common."""
    return EVERYONE in one or EVERYONE in other or not set(one).isdisjoint(other)


def _index(table: dict[Row, int], row: Row) -> int:
    return table.setdefault(row, len(table))

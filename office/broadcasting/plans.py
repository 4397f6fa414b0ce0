"""Broadcasts to a plan, and whether a new one fits between the others. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypedDict, TypeVar

from pydantic import ValidationError

from langso.contract import MAX_OCCURRENCES, Late, Media, Occurrence, Plan, Programme, TargetSet
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
class Piece:
    """One programme: what is played, to whom and how. `devices`: ids, or `*` alone for all."""

    id: str
    title: str
    broadcast_class: Literal["normal", "priority"]
    media: tuple[Media, ...]
    devices: tuple[str, ...]
    chime: Media | None = None
    volume: int = 100
    late: Late = field(default_factory=Late)
    after_cut: Literal["resume", "restart", "stay_cut"] = "resume"

    @property
    def length(self) -> timedelta:
        """Of its items, without the chime."""
        return timedelta(milliseconds=sum(media.duration_ms for media in self.media))

    @property
    def lead(self) -> timedelta:
        """Of its chime, which sounds before the planned time."""
        return timedelta(milliseconds=self.chime.duration_ms if self.chime else 0)


@dataclass(frozen=True)
class Planned:
    """A show at an instant. `id` never changes meaning."""

    id: str
    show: Piece
    start: datetime

    @property
    def begins(self) -> datetime:
        """When the amplifier must be on."""
        return self.start - self.show.lead - AMPLIFIER_LEAD

    @property
    def ends(self) -> datetime:
        """When the amplifier is off again."""
        return self.start + self.show.length + AMPLIFIER_TAIL


@dataclass(frozen=True)
class Head:
    """What a document says of itself."""

    issuer: str
    commune: str
    epoch: int
    version: int
    issued: datetime

    def fields(self, life: timedelta) -> HeadFields:
        """The head's fields of a document for the whole commune that holds for `life` from now."""
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
    """Keyword arguments that every signed document's model takes."""

    issuer: str
    audience: str
    commune: str
    epoch: int
    version: int
    issued: datetime
    expires: datetime


def make_plan(planned: Iterable[Planned], head: Head) -> Plan:
    """The plan of what is still to be played, or was within 24 h (an id that goes away is an order to stop).

    Raises BroadcastRefused above 4,000 occurrences or where a table overflows.
    """
    kept = sorted((one for one in planned if one.ends > head.issued - KEEP_PAST), key=lambda one: (one.start, one.id))
    if len(kept) > MAX_OCCURRENCES:
        raise BroadcastRefused(
            f"Lịch có {len(kept)} lượt phát, nhiều nhất là {MAX_OCCURRENCES}; hãy bỏ bớt bản tin ở xa."
        )
    media: dict[Media, int] = {}
    targets: dict[tuple[str, ...], int] = {}
    programmes: dict[str, int] = {}
    shows: list[Programme] = []
    occurrences: list[Occurrence] = []
    try:
        for one in kept:
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
                    )
                )
            devices = tuple(sorted(set(show.devices)))
            occurrences.append(
                Occurrence(
                    id=one.id, programme=programmes[show.id], targets=_index(targets, devices), start=one.start
                )
            )
        last = max((one.ends for one in kept), default=head.issued)
        until = max(head.issued + HORIZON, last)
        return Plan(
            **head.fields(max(PLAN_LIFE, until + timedelta(days=1) - head.issued)),
            until=until,
            media=tuple(media),
            programmes=tuple(shows),
            target_sets=tuple(TargetSet(devices=devices) for devices in targets),
            occurrences=tuple(occurrences),
        )
    except ValidationError as error:
        raise BroadcastRefused(
            f"Lịch phát không lập được ({error.errors()[0]['msg']}); hãy bỏ bớt bản tin."
        ) from error


def read_plan(plan: Plan) -> list[Planned]:
    """The way back: what a signed plan says is to be played, for an office that has lost its database."""
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
            )
        planned.append(Planned(occurrence.id, shows[key], occurrence.start))
    return planned


def clash(new: Planned, others: Iterable[Planned]) -> Planned | None:
    """The first other show that a device of the new one would have to play at the same time, margins included."""
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
    """The first whole minute from the wished time on at which the new show fits."""
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

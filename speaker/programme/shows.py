"""A show: one thing to play, from an occurrence of the plan or from an urgent order, with all that it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from langso.contract import BroadcastClass, Late, Media, Plan, Programme, Urgent
from langso.contract.documents import UrgentOrder
from langso.contract.outcomes import Reason
from langso.contract.vouched import may_relay
from speaker.programme.sources import FileSource, LineSource, Source, StreamSource, files

TALK = "talk"
"""The kind of a play that no document ordered: somebody speaks by the talk key."""
AGAIN = "again"
"""The kind of a play that repeats, on the spot, what was heard last."""
AfterCut = Literal["resume", "restart", "stay_cut"]


@dataclass(frozen=True)
class Show:
    """`start`: first sample of the first item (urgent: when it was issued). The chime sounds before it.

    Positions within a show are ms after its start, over all repeats and pauses; `expires`: of urgent ones and relays.
    `kind` and `epoch`: of the document that ordered it, with `issuer` for its receipts; `targets`: devices it names;
    `exercise`: it is a test; `why_until`: why a talk that nobody ends earlier ends at `expires`; `fallback`: what is
    played instead of sources that cannot be had; `barred`: its sources are that already, for its station is none
    that may be relayed.
    """

    id: str
    title: str
    issuer: str
    broadcast_class: BroadcastClass
    start: datetime
    sources: tuple[Source, ...]
    chime: Media | None = None
    repeat: int = 1
    pause_ms: int = 0
    volume: int = 100
    late: Late = field(default_factory=Late)
    after_cut: AfterCut = "resume"
    urgent: bool = False
    wide: bool = True
    expires: datetime | None = None
    kind: str | None = None
    epoch: int | None = None
    targets: tuple[str, ...] = ()
    exercise: bool = False
    why_until: Reason | None = None
    fallback: tuple[Source, ...] = ()
    barred: bool = False

    @property
    def stand_in(self) -> Show:
        """What is heard instead while its own sources cannot be had."""
        return replace(self, sources=self.fallback, chime=None, fallback=())

    @cached_property
    def play(self) -> str:
        """Whose play this is: the same id of another kind, issuer or epoch is another play."""
        return play_of(self.kind, self.issuer, self.epoch, self.id)

    @cached_property
    def content(self) -> str:
        """A hash of what it plays, its chime apart, which a new version of the programs may change."""
        # What was practised under an id is not ordered in earnest under the same.
        mark = ("exercise",) if self.exercise else ()
        said, streams = self.items, self.streams
        if self.fallback and not self.urgent:
            # What a release that knows no scheduled relays has played under its id.
            said, streams = _media_of(self.fallback), ()
        return _hash((*(item.sha256 for item in said), *streams, *mark))

    @cached_property
    def aim(self) -> str:
        """A hash of whom it names."""
        return _hash(sorted(set(self.targets)))

    @property
    def emergency(self) -> bool:
        """Whether it cuts into others."""
        return self.broadcast_class == "emergency"

    @property
    def lead(self) -> timedelta:
        """How long its chime sounds, before `start`."""
        return timedelta(milliseconds=self.chime.duration_ms if self.chime else 0)

    @property
    def items(self) -> tuple[Media, ...]:
        """The media of its sources."""
        return _media_of(self.sources)

    @property
    def streams(self) -> tuple[str, ...]:
        """Addresses of what it relays."""
        return tuple(source.url for source in self.sources if isinstance(source, StreamSource))

    @property
    def relayed(self) -> bool:
        """Whether it is a stream or live: then it lasts as long as its order, not as long as its media."""
        return any(isinstance(source, StreamSource | LineSource) for source in self.sources)

    @property
    def live(self) -> bool:
        """Whether somebody speaks: then it ends when the talk key is let go, and nothing of it ever comes back."""
        return any(isinstance(source, LineSource) for source in self.sources)

    @property
    def cycle_ms(self) -> int:
        """One run through the items, and the pause after it, in ms."""
        return sum(item.duration_ms for item in self.items) + self.pause_ms

    @property
    def duration_ms(self) -> int:
        """All of it after `start`, in ms; a stream lasts until its order expires."""
        if self.relayed and self.expires is not None:
            return max(0, int((self.expires - self.start).total_seconds() * 1000))
        return self.cycle_ms * self.repeat - self.pause_ms

    @property
    def media(self) -> tuple[Media, ...]:
        """All it needs, the chime first."""
        return (*((self.chime,) if self.chime else ()), *self.items)

    @property
    def wanted(self) -> tuple[Media, ...]:
        """All that is to lie here for it: what it needs, and what is played instead."""
        return (*self.media, *_media_of(self.fallback))

    @property
    def audible(self) -> datetime:
        """When its first sound is due, chime included."""
        return self.start - self.lead


@dataclass(frozen=True)
class Stop:
    """A stop order in force. `wide`: its issuer speaks for the whole commune, so it may stop the plan's shows."""

    issuer: str
    wide: bool
    ends: tuple[str, ...]
    issued: datetime

    def stops(self, show: Show, began: datetime) -> bool:
        """Whether it ends this show. `*` means shows that had begun when the stop was issued, not later ones."""
        if show.issuer != self.issuer and (show.urgent or not self.wide):
            return False
        return show.id in self.ends or ("*" in self.ends and began <= self.issued)


def play_of(kind: str | None, issuer: str, epoch: int | None, id: str) -> str:
    """The name of a play; of one that no document ordered, or that release 0.1.0 recorded, its id."""
    return id if kind is None else f"{kind}/{issuer}/{epoch}/{id}"


def scoped(id: str, issuer: str, *, wide: bool) -> str:
    """The id with its issuer before it for a village, so that a village cannot use up an id of the commune's."""
    if wide:
        return id
    name = f"{issuer}:{id}"
    return name if len(name) <= 80 else f"{issuer[:15]}:{hashlib.sha256(name.encode()).hexdigest()[:48]}"


def shows_of_plan(
    plan: Plan, device_id: str, *, wide: bool = True, relay_hosts: Collection[str] = ()
) -> tuple[Show, ...]:
    """The occurrences meant for this device, by audible start. `wide`: its issuer speaks for the whole commune;
    `relay_hosts`: whose streams may be relayed.
    """
    shows = []
    for occurrence in plan.occurrences:
        if not plan.target_sets[occurrence.targets].includes(device_id):
            continue
        programme = plan.programmes[occurrence.programme]
        stations, own = _stations(programme, relay_hosts), files(plan.media[index] for index in programme.media)
        lasts = timedelta(milliseconds=plan.duration_ms(programme))
        shows.append(
            Show(
                id=scoped(occurrence.id, plan.issuer, wide=wide),
                title=programme.title[:200],
                issuer=plan.issuer,
                broadcast_class=programme.broadcast_class,
                start=occurrence.start,
                sources=stations or own,
                chime=None if programme.chime is None else plan.media[programme.chime],
                volume=programme.volume,
                late=programme.late,
                wide=wide,
                after_cut=programme.after_cut,
                kind=plan.kind,
                epoch=plan.epoch,
                targets=plan.target_sets[occurrence.targets].devices,
                exercise=bool(programme.exercise),
                expires=occurrence.start + lasts if stations else None,
                fallback=own if stations else (),
                barred=programme.stream is not None and not stations,
            )
        )
    return tuple(sorted(shows, key=lambda show: (show.audible, show.id)))


def shows_of_urgent(urgent: Urgent, device_id: str, *, wide: bool) -> tuple[Show, ...]:
    """The orders of one issuer that make sound here and are not ended by an all-clear beside them."""
    clears = [order for order in urgent.orders if order.action == "all_clear" and order.targets.includes(device_id)]
    shows = []
    for order in urgent.orders:
        if not order.sounds or not order.targets.includes(device_id):
            continue
        if any(order.id in c.ends or ("*" in c.ends and order.issued <= c.issued) for c in clears):
            continue
        shows.append(
            Show(
                id=scoped(order.id, urgent.issuer, wide=wide),
                title=order.title,
                issuer=urgent.issuer,
                broadcast_class=order.broadcast_class,
                start=order.issued,
                sources=_sources(order),
                repeat=order.repeat,
                pause_ms=order.pause_ms if order.action == "play" else 0,
                volume=order.volume,
                urgent=True,
                wide=wide,
                expires=order.expires,
                kind=urgent.kind,
                epoch=urgent.epoch,
                targets=order.targets.devices,
                exercise=bool(order.exercise),
                fallback=files(order.fallback or ()),
            )
        )
    return tuple(shows)


def stops_of_urgent(urgent: Urgent, device_id: str, now: datetime | None, *, wide: bool) -> tuple[Stop, ...]:
    """The stop orders of one issuer in force at `now` (None: the clock is not trusted, all of them)."""
    return tuple(
        Stop(urgent.issuer, wide, _ends(order.ends, urgent.issuer, wide=wide), order.issued)
        for order in urgent.orders
        if order.action == "stop" and order.targets.includes(device_id) and (now is None or order.expires > now)
    )


def cleared(urgent: Urgent, *, wide: bool) -> frozenset[str]:
    """The ids that all-clears name (`issuer:*`: all of this issuer), so that a receipt can tell why an
    order ended.
    """
    named: set[str] = set()
    for order in urgent.orders:
        if order.action == "all_clear":
            ends = _ends(order.ends, urgent.issuer, wide=wide)
            named |= {f"{urgent.issuer}:*" if end == "*" else end for end in ends}
    return frozenset(named)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _stations(programme: Programme, relay_hosts: Collection[str]) -> tuple[Source, ...]:
    """What a programme relays, if that may be relayed."""
    stream = programme.stream
    if stream is None or not may_relay(stream, programme.broadcast_class, relay_hosts):
        return ()
    return (StreamSource(stream),)


def _media_of(sources: Iterable[Source]) -> tuple[Media, ...]:
    return tuple(source.media for source in sources if isinstance(source, FileSource))


def _sources(order: UrgentOrder) -> tuple[Source, ...]:
    if order.action == "play":
        return files(order.media)
    return (StreamSource(order.stream),) if order.stream is not None else ()


def _ends(ends: tuple[str, ...], issuer: str, *, wide: bool) -> tuple[str, ...]:
    return tuple(end if end == "*" else scoped(end, issuer, wide=wide) for end in ends)

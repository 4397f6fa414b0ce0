"""A show: one thing to play, whether an occurrence of the plan or an urgent order, with all it needs beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from langso.contract import BroadcastClass, Late, Media, Plan, Urgent
from langso.contract.documents import UrgentOrder
from speaker.programme.sources import FileSource, Source, StreamSource, files

AfterCut = Literal["resume", "restart", "stay_cut"]


@dataclass(frozen=True)
class Show:
    """`start`: first sample of the first item (urgent: when it was issued). The chime sounds before it.

    Positions within a show are ms after its start, over all repeats and pauses; `expires` only for urgent ones.
    `kind` and `epoch`: of the document that ordered it, with `issuer` for its receipts.
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

    @property
    def emergency(self) -> bool:
        """Whether it cuts in."""
        return self.broadcast_class == "emergency"

    @property
    def lead(self) -> timedelta:
        """Length of the chime that comes before `start`."""
        return timedelta(milliseconds=self.chime.duration_ms if self.chime else 0)

    @property
    def items(self) -> tuple[Media, ...]:
        """The media of its sources."""
        return tuple(source.media for source in self.sources if isinstance(source, FileSource))

    @property
    def relayed(self) -> bool:
        """Whether it lasts as long as its order, not as long as its media."""
        return any(isinstance(source, StreamSource) for source in self.sources)

    @property
    def cycle_ms(self) -> int:
        """One run through the items and the pause after it."""
        return sum(item.duration_ms for item in self.items) + self.pause_ms

    @property
    def duration_ms(self) -> int:
        """Everything after `start`; a relayed stream lasts until it expires."""
        if self.relayed and self.expires is not None:
            return max(0, int((self.expires - self.start).total_seconds() * 1000))
        return self.cycle_ms * self.repeat - self.pause_ms

    @property
    def media(self) -> tuple[Media, ...]:
        """All it needs, the chime first."""
        return (*((self.chime,) if self.chime else ()), *self.items)

    @property
    def audible(self) -> datetime:
        """When the first sound of it is due, chime included."""
        return self.start - self.lead


@dataclass(frozen=True)
class Stop:
    """A stop order in force. `wide`: its issuer speaks for the whole commune, so it may stop the plan's shows."""

    issuer: str
    wide: bool
    ends: tuple[str, ...]
    issued: datetime

    def stops(self, show: Show, began: datetime) -> bool:
        """Whether it ends this show. `*` means what had begun when it was issued, not what comes later."""
        if show.issuer != self.issuer and (show.urgent or not self.wide):
            return False
        return show.id in self.ends or ("*" in self.ends and began <= self.issued)


def scoped(id: str, issuer: str, *, wide: bool) -> str:
    """A village's ids are kept apart from the commune's, so that it cannot use up an id that is not its own."""
    if wide:
        return id
    name = f"{issuer}:{id}"
    return name if len(name) <= 80 else f"{issuer[:15]}:{hashlib.sha256(name.encode()).hexdigest()[:48]}"


def shows_of_plan(plan: Plan, device_id: str, *, wide: bool = True) -> tuple[Show, ...]:
    """The occurrences meant for this device, by audible start. `wide`: its issuer speaks for the whole commune."""
    shows = []
    for occurrence in plan.occurrences:
        if not plan.target_sets[occurrence.targets].includes(device_id):
            continue
        programme = plan.programmes[occurrence.programme]
        shows.append(
            Show(
                id=scoped(occurrence.id, plan.issuer, wide=wide),
                title=programme.title[:200],
                issuer=plan.issuer,
                broadcast_class=programme.broadcast_class,
                start=occurrence.start,
                sources=files(plan.media[index] for index in programme.media),
                chime=None if programme.chime is None else plan.media[programme.chime],
                volume=programme.volume,
                late=programme.late,
                wide=wide,
                after_cut=programme.after_cut,
                kind=plan.kind,
                epoch=plan.epoch,
            )
        )
    return tuple(sorted(shows, key=lambda show: (show.audible, show.id)))


def shows_of_urgent(urgent: Urgent, device_id: str, *, wide: bool) -> tuple[Show, ...]:
    """The orders of one issuer that make sound here and are not ended by an all-clear beside them."""
    clears = [order for order in urgent.orders if order.action == "all_clear" and order.targets.includes(device_id)]
    shows = []
    for order in urgent.orders:
        if order.action not in ("play", "relay") or not order.targets.includes(device_id):
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
    """Ids that an all-clear names, `issuer:*` for all of this issuer: why an order ended, for its receipt."""
    named: set[str] = set()
    for order in urgent.orders:
        if order.action == "all_clear":
            ends = _ends(order.ends, urgent.issuer, wide=wide)
            named |= {f"{urgent.issuer}:*" if end == "*" else end for end in ends}
    return frozenset(named)


def _sources(order: UrgentOrder) -> tuple[Source, ...]:
    if order.action == "play":
        return files(order.media)
    return (StreamSource(order.stream),) if order.stream is not None else ()


def _ends(ends: tuple[str, ...], issuer: str, *, wide: bool) -> tuple[str, ...]:
    return tuple(end if end == "*" else scoped(end, issuer, wide=wide) for end in ends)

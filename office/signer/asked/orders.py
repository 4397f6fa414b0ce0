"""What a person orders, as the exact bytes whose hash is asked for: a broadcast, an alarm, an ending. Pure.

What a loudspeaker is to do is said whole: whoever changes a letter of it asks for something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from langso.contract import DesiredSettings, Late, Media, Plan, TalkRight, UrgentOrder
from langso.contract.base import BroadcastClass, Identity, Message, Moment, Percent, Slug, Title
from langso.contract.caps import PlannedSound
from langso.words.catalogue import Sentence
from office.signer.errors import SignerRefused

MAX_ASKED = 1 << 20
MAX_APPROVED = 200
"""Broadcasts in one approval: a week of them."""
_DOMAIN = b"langso asked/1\0"
Targets = Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]


class AskedTime(Message):
    """One play: its occurrence's id on the wire, and its first sample's instant."""

    id: Identity
    start: Moment


class AskedBroadcast(Message):
    """A programme whole: what sounds, how loud, where, and at which times. The plan may hold no others."""

    do: Literal["broadcast"] = "broadcast"
    id: Identity
    title: Title
    broadcast_class: BroadcastClass
    media: Annotated[tuple[Media, ...], Field(min_length=1, max_length=50)]
    chime: Media | None = None
    volume: Percent
    late: Late
    after_cut: Literal["resume", "restart", "stay_cut"]
    targets: Targets
    times: Annotated[tuple[AskedTime, ...], Field(min_length=1, max_length=4000)]
    exercise: bool | None = None
    stream: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    stream_ms: Annotated[int, Field(ge=1000, le=24 * 3600 * 1000)] | None = None

    def single(self, time: AskedTime) -> AskedBroadcast:
        """The same programme at one of its times alone: what an occurrence means, and never ceases to mean."""
        return self.model_copy(update={"times": (time,)})

    @property
    def sound(self) -> PlannedSound:
        """What sounds at the first time, chime included."""
        chime = 0 if self.chime is None else self.chime.duration_ms
        length = chime + max(self.stream_ms or 0, sum(media.duration_ms for media in self.media))
        first = self.times[0]
        begins = first.start - timedelta(milliseconds=chime)
        return PlannedSound(first.id, begins, timedelta(milliseconds=length), self.targets)

    @property
    def ends(self) -> datetime:
        """When the first time is over."""
        return self.sound.begins + self.sound.length


class AskedAlarm(Message):
    """An urgent order, exactly: an alarm to be given now, or a stop of whatever sounds."""

    do: Literal["alarm"] = "alarm"
    order: UrgentOrder


class AskedEnding(Message):
    """Plays to be taken back (occurrences of the plan) and alarms to be ended, by their ids."""

    do: Literal["ending"] = "ending"
    plays: Annotated[tuple[Identity, ...], Field(max_length=4000)] = ()
    alarms: Annotated[tuple[Identity, ...], Field(max_length=200)] = ()


class AskedSettings(Message):
    """How one device shall be set: its loudness."""

    do: Literal["settings"] = "settings"
    device: Slug
    settings: DesiredSettings


class AskedTalk(Message):
    """That a village's head may speak over its loudspeakers, and for how long. Withdrawing it is never asked for."""

    do: Literal["talk"] = "talk"
    talk: TalkRight


class AskedApproval(Message):
    """A second person's yes: these broadcasts, asked for by somebody else, may sound exactly as they stand here."""

    do: Literal["approval"] = "approval"
    broadcasts: Annotated[tuple[AskedBroadcast, ...], Field(min_length=1, max_length=MAX_APPROVED)]


AskedBody = Annotated[
    AskedBroadcast | AskedAlarm | AskedEnding | AskedSettings | AskedTalk | AskedApproval,
    Field(discriminator="do"),
]
Asked = AskedBroadcast | AskedAlarm | AskedEnding | AskedSettings | AskedTalk | AskedApproval
_READER: TypeAdapter[Asked] = TypeAdapter(AskedBody)


def read_asked(raw: str) -> Asked:
    """The order in these bytes. Raises SignerRefused for anything else, and for bytes that are not its only form."""
    try:
        asked = _READER.validate_json(raw)
    except (ValidationError, ValueError, RecursionError) as error:
        raise SignerRefused(Sentence("signer-asked-unread")) from error
    if asked.to_json().decode() != raw:
        raise SignerRefused(Sentence("signer-asked-unread"))
    return asked


def hash_of(asked: Asked) -> str:
    """What is asked for and remembered: the SHA-256 of its only form."""
    return hashlib.sha256(_DOMAIN + asked.to_json()).hexdigest()


def occurrences_of(plan: Plan) -> Iterable[AskedBroadcast]:
    """Each occurrence of a plan as a programme at that one time."""
    for occurrence in plan.occurrences:
        programme = plan.programmes[occurrence.programme]
        yield AskedBroadcast(
            id=programme.id,
            title=programme.title,
            broadcast_class=programme.broadcast_class,
            media=tuple(plan.media[index] for index in programme.media),
            chime=None if programme.chime is None else plan.media[programme.chime],
            volume=programme.volume,
            late=programme.late,
            after_cut=programme.after_cut,
            targets=tuple(sorted(set(plan.target_sets[occurrence.targets].devices))),
            times=(AskedTime(id=occurrence.id, start=occurrence.start),),
            exercise=programme.exercise,
            stream=programme.stream,
            stream_ms=programme.stream_ms,
        )

"""A plan signed with the one key of a place without an office, laid down as a courier's folder.

The key is a root key on a stick (`langso root new`); it is root and issuer in one, since there is one person and one
loudspeaker. What it signs is what an office would: trust, plan, urgent; a loudspeaker knows no difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from langso.contract import (
    IssuerRule,
    Late,
    Media,
    Occurrence,
    Plan,
    Programme,
    TargetSet,
    Urgent,
    UrgentOrder,
)
from langso.contract.base import Count, Document, Message
from langso.contract.documents import MAX_OCCURRENCES
from langso.courier.letters import Letter
from langso.courier.stick import CourierStick
from langso.durable.errors import FileRefused
from langso.durable.files import open_plain
from langso.durable.held_folder import HeldFolder
from langso.timekeeping import dates
from langso.trust import Refused, SigningKey, make_bundle, make_trust, open_bundle, root_keys, seal, threshold_of
from langso.trust.envelope import parse_payload, read_sealed
from langso.trust.roots.errors import StickRefused
from langso.trust.roots.sticks import StickMemory, keep_memory
from langso.words.catalogue import Sentence, Unit
from speaker.alone.plan_file import BellPlan
from speaker.errors import PlanFileRefused
from speaker.sound.sounds import codec_of

ISSUER = "alone"
TRUST_LIFE = timedelta(days=10 * 365)
"""Nobody comes by to sign it anew, and a lapsed one only turns health red."""
RENEW = timedelta(days=365)
LATE = Late(rule="within", minutes=1)
"""A school bell five minutes late does more harm than one that is left out."""
MOST_SOUND = 64 << 20
_CODECS = ("wav", "flac", "opus", "mp3")
_PIECE = 1 << 20

Measure = Callable[[Path, str], int]
"""Milliseconds of sound in a file of that codec; raises PlanFileRefused where nothing can be heard."""


class SignedBefore(Message):
    """The versions that a key has signed alone: they only rise."""

    kind: str = "alone-memory"
    plan: Count = 0
    urgent: Count = 0


@dataclass(frozen=True)
class LaidDown:
    """What was laid down: bells of the plan (their moments), or an alarm, and the document's version."""

    version: int
    moments: tuple[datetime, ...] = ()
    sounds: int = 0


class LoneSigner:
    """Signs on `stick`, whose key was unlocked, for the place called `code`, into the folder `out`."""

    def __init__(self, key: SigningKey, stick: HeldFolder, code: str, out: CourierStick, now: datetime) -> None:
        self._key, self._stick, self._code, self._out = key, stick, code, out
        self._now = now.astimezone(UTC)

    def plan(self, plan: BellPlan, measure: Measure, memory: StickMemory | None) -> LaidDown:
        """Lays down sounds, trust and plan, in this order. Raises PlanFileRefused, FileRefused, StickRefused."""
        media: dict[Path, Media] = {}
        for bell in plan.bells:
            if bell.sound not in media:
                media[bell.sound] = self._put(bell.sound, measure)
        order = list(dict.fromkeys(plan.bells))
        listed = list(dict.fromkeys(media.values()))
        programmes = tuple(
            Programme(
                id=f"bell-{number}",
                title=bell.title,
                media=(listed.index(media[bell.sound]),),
                volume=min(plan.volume, bell.volume),
                late=LATE,
            )
            for number, bell in enumerate(order, 1)
        )
        occurrences, ends = [], None
        for moment, bell in plan.moments(dates.local(self._now).date()):
            if moment <= self._now:
                continue
            if ends is not None and moment < ends:
                raise PlanFileRefused(Sentence("alone-plan-overlap", moment=Unit(dates.full, moment)))
            sound = media[bell.sound]
            ends = moment + timedelta(milliseconds=sound.duration_ms)
            # An id never changes its meaning: another sound at that time is another one.
            id = f"{moment:%Y%m%d-%H%M%S}-{sound.sha256[:12]}"
            occurrences.append(
                Occurrence(id=id, programme=order.index(bell), targets=0, start=moment.astimezone(UTC))
            )
        if not occurrences:
            raise PlanFileRefused(Sentence("alone-plan-nothing"))
        if len(occurrences) > MAX_OCCURRENCES:
            raise PlanFileRefused(Sentence("alone-plan-many", bells=len(occurrences), most=MAX_OCCURRENCES))
        until = occurrences[-1].start + timedelta(days=1)
        version = self._next("plan")
        document = Plan(
            **self._head(version, until + timedelta(days=1)),
            until=until,
            media=tuple(listed),
            programmes=programmes,
            target_sets=(TargetSet(devices=("*",)),),
            occurrences=tuple(occurrences),
        )
        self._trust(memory)
        self._lay(Letter("plan"), document)
        return LaidDown(version, tuple(one.start for one in occurrences), len(listed))

    def alarm(self, sound: Path, minutes: int, measure: Measure, memory: StickMemory | None) -> LaidDown:
        """Lays down an emergency that plays at once, again and again, for so long. Raises as `plan`."""
        medium = self._put(sound, measure)
        version = self._next("urgent")
        repeat = max(1, min(1000, minutes * 60_000 // (medium.duration_ms + 1000)))
        expires = self._now + timedelta(minutes=minutes)
        order = UrgentOrder(
            id=f"alarm-{version}",
            action="play",
            media=(medium,),
            repeat=repeat,
            issued=self._now,
            expires=expires,
        )
        self._trust(memory)
        self._lay(Letter("urgent", issuer=ISSUER), Urgent(**self._head(version, expires), orders=(order,)))
        return LaidDown(version, (expires,), 1)

    def all_clear(self, memory: StickMemory | None) -> LaidDown:
        """Lays down that no alarm is in force any more."""
        version = self._next("urgent")
        self._trust(memory)
        expires = self._now + timedelta(days=30)
        self._lay(Letter("urgent", issuer=ISSUER), Urgent(**self._head(version, expires)))
        return LaidDown(version)

    def _head(self, version: int, expires: datetime) -> dict[str, object]:
        return {
            "issuer": ISSUER,
            "audience": "*",
            "commune": self._code,
            "epoch": 1,
            "version": version,
            "issued": self._now,
            "expires": expires,
        }

    def _lay(self, letter: Letter, document: Document) -> None:
        kind = "urgent" if letter.kind == "urgent" else "plan"
        self._out.write(letter, seal(document, kind, [self._key]))

    def _trust(self, memory: StickMemory | None) -> None:
        """The list of rights, where there is none yet that holds for long."""
        roots = root_keys([self._key])
        letter = Letter("trust")
        try:
            held = open_bundle(self._out.read(letter), roots).trust
            if held.expires > self._now + RENEW and held.commune == self._code:
                return
            before = held.version
        except (FileRefused, Refused):
            before = 0
        version = max(before, memory.trust if memory is not None else 0) + 1
        rule = IssuerRule(
            name=ISSUER,
            signers=threshold_of([self._key]),
            epoch=1,
            kinds=("plan", "urgent"),
            classes=("normal", "priority", "emergency"),
        )
        trust = make_trust(
            self._code, [rule], [self._key], version=version, issued=self._now, expires=self._now + TRUST_LIFE
        )
        opened = open_bundle(make_bundle(trust), roots)
        keep_memory(
            self._stick,
            self._key,
            StickMemory(
                commune=self._code,
                root=threshold_of([self._key]),
                root_version=1,
                trust=version,
                sha256=opened.sha256,
            ),
        )
        self._out.write(letter, make_bundle(trust))

    def _next(self, kind: str) -> int:
        """The version to sign, remembered on the stick before it is used."""
        name = f"langso-alone-{self._code}.seen"
        before = SignedBefore()
        if self._stick.has(name):
            try:
                before = parse_payload(self._stick.read(name, 4096), SignedBefore)
            except Refused as refused:
                raise StickRefused(Sentence("root-memory-damaged", name=name)) from refused
        version = max(getattr(before, kind), self._laid(kind)) + 1
        self._stick.write(name, before.model_copy(update={kind: version}).to_json(), mode=0o600)
        return int(version)

    def _laid(self, kind: str) -> int:
        """The version that lies there; 0: none that can be read."""
        letter = Letter("urgent", issuer=ISSUER) if kind == "urgent" else Letter("plan")
        model: type[Plan] | type[Urgent] = Urgent if kind == "urgent" else Plan
        try:
            return int(parse_payload(read_sealed(self._out.read(letter), kind).payload, model).version)
        except (FileRefused, Refused):
            return 0

    def _put(self, sound: Path, measure: Measure) -> Media:
        codec = codec_of(sound)
        if codec not in _CODECS:
            raise PlanFileRefused(Sentence("alone-sound-kind", name=sound.name))
        digest = hashlib.sha256()
        with open_plain(sound) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
            size = file.tell()
            if not 0 < size <= MOST_SOUND:
                raise PlanFileRefused(Sentence("alone-sound-size", name=sound.name, most=MOST_SOUND >> 20))
            sha256 = digest.hexdigest()
            length = measure(sound, codec)
            file.seek(0)
            if not self._out.put_file(sha256, size, file):
                raise PlanFileRefused(Sentence("alone-no-room"))
        try:
            return Media.model_validate({"sha256": sha256, "size": size, "duration_ms": length, "codec": codec})
        except ValidationError as error:
            raise PlanFileRefused(Sentence("alone-sound-silent", name=sound.name)) from error

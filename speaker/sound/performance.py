"""One show that plays: its items are given to the player one after another, each just before its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from langso.contract import Media
from langso.contract.outcomes import Ending, Reason
from langso.timekeeping.clock import Clock
from langso.words.catalogue import t
from speaker.errors import SoundFault
from speaker.programme.shows import Show
from speaker.programme.situation import Outcome
from speaker.programme.sources import FileSource, LineSource, Source, StreamSource
from speaker.sound.sounds import AnyPlayer, AnySound, SoundFile, SoundLine, SoundStream, Voice

AHEAD_S = 1.5
JUMP_S = 0.25
LATE_END_S = 2.0
RETRY_S = 0.5
SETTLES_S = 0.02
"""How often it is looked where a sound begins that is to be heard as soon as can be."""
STALLED_S = 10.0
"""A station that is silent for so long gives way to its substitute, where the order names one."""
LOST_S = 0.05
"""How soon after a lost sound device the rest is given to the next one."""
ENOUGH = 0.9
"""What is heard of a show, by its own voices' account, for it to count as played."""


@dataclass
class _Part:
    """One item at `offset_ms` from the show's start; `voice` once it has been given to the player; `reached_ms`: how
    far into the item one got that was lost.
    """

    offset_ms: int
    length_ms: int
    source: Source
    from_ms: int = 0
    voice: Voice | None = None
    reached_ms: int | None = None
    done: bool = False

    @property
    def relayed(self) -> bool:
        return isinstance(self.source, StreamSource | LineSource)


class Performance:
    """`at`: wall time at which `position_ms` is heard; None: as soon as `not_before` (monotonic) and the player
    allow. `volume`: how loud it is between two wall times; `unplayable`: why an item is passed over, or "".

    `instead`: its substitute is played.

    Each item is placed anew by the wall clock (sound cards drift). A clock that has jumped by more than 250 ms
    meanwhile is not followed, so that NTP never disturbs what plays.
    """

    def __init__(
        self,
        show: Show,
        player: AnyPlayer,
        path_of: Callable[[Media], Path],
        clock: Clock,
        *,
        at: datetime | None = None,
        position_ms: int = 0,
        chime: bool = True,
        volume: Callable[[datetime, datetime], int] = lambda _begin, _end: 100,
        not_before: float = 0.0,
        unplayable: Callable[[Media], str] = lambda medium: "",
        instead: bool = False,
    ) -> None:
        self.show = show
        self.instead = instead
        show = show.stand_in if instead else show
        self._length_ms = show.duration_ms
        self._player = player
        self._path_of = path_of
        self._unplayable = unplayable
        self._clock = clock
        self._volume = volume
        self._wall = at is not None
        self._soon_from = None if self._wall else not_before
        self._begin_ms = position_ms
        chime_ms = show.chime.duration_ms if show.chime is not None and chime and position_ms == 0 else 0
        now_wall, now = clock.now(), clock.monotonic()
        if at is not None:
            self._origin = now + (at - now_wall).total_seconds() - position_ms / 1000
        else:
            self._origin = max(player.soonest(), not_before) + (chime_ms - position_ms) / 1000
        self.begins: datetime = now_wall + timedelta(seconds=self._origin - now)
        self._parts = _parts(show, position_ms, chime_ms)
        self._heard_ms = 0
        self._retry = 0.0
        self._cut_ms: int | None = None
        self.finished = False
        self.fault = ""
        self.error_ms: float | None = None
        self.noted = False
        self._last_heard = (0, self._origin + position_ms / 1000)

    @property
    def expected_ms(self) -> int:
        """Milliseconds of sound there are to hear, pauses left out."""
        return sum(part.length_ms for part in self._parts)

    @property
    def ends(self) -> datetime:
        """Wall time of its last sample. What stands in for a station ends when that would have."""
        ends = self.begins + timedelta(milliseconds=self._length_ms)
        until = self.show.expires if self.instead and not self.show.urgent else None
        return ends if until is None else min(ends, until)

    @property
    def first_sound(self) -> float:
        """Monotonic second of its first sample, chime included."""
        return self._origin + self._parts[0].offset_ms / 1000 if self._parts else self._origin

    def position_ms(self, now: float) -> int:
        """The position at monotonic `now`; negative while the chime sounds."""
        return int((now - self._origin) * 1000)

    def heard_ms(self, now: float) -> int:
        """Milliseconds of sound played up to `now`, chime included."""
        return self._heard_ms + sum(part.voice.heard_ms(now) for part in self._parts if part.voice is not None)

    def stood_in_ms(self, now: float) -> int:
        """Of what was heard up to `now`, what is not what was ordered, but played instead."""
        return self.heard_ms(now) if self.instead or self.show.barred else 0

    def stalled(self, now: float) -> bool:
        """Whether a station is relayed that has not sounded for `STALLED_S`."""
        heard = self.heard_ms(now)
        if heard != self._last_heard[0]:
            self._last_heard = heard, now
        return not self.instead and self.show.relayed and now - self._last_heard[1] > STALLED_S

    def ending(self, now: float) -> tuple[Outcome, Reason | None]:
        """What became of it by what was heard, and why if that is not what was ordered."""
        heard = self.heard_ms(now)
        if self.show.live and heard:
            return "played", self.show.why_until
        if heard >= self.expected_ms * ENOUGH:
            return "played", None
        outcome: Outcome = "cut" if heard else "missed"
        if self.fault:
            return outcome, Reason(Ending.SOUND, {"detail": self.fault[:200]}, self.fault)
        if not heard:
            return outcome, Reason(Ending.SILENT)
        return outcome, Reason(Ending.SHORT, {"heard": heard // 1000, "planned": self.expected_ms // 1000})

    def tick(self) -> float:
        """Gives the player what comes next, and sets `finished` at the end; returns the monotonic time of the next
        call.
        """
        now = self._clock.monotonic()
        if self.finished:
            return now + 60
        wake = now + 0.5
        for part in self._parts:
            if part.done:
                continue
            if part.voice is None:
                due = self._origin + part.offset_ms / 1000
                if due - AHEAD_S <= now and now >= self._retry:
                    self._place(part, now)
                else:
                    wake = min(wake, max(due - AHEAD_S, self._retry))
                if part.done:
                    continue
                if part.voice is None:
                    break
            self._look_at(part, now)
            if not self._settled(part):
                # What follows it is placed by where it begins.
                wake = min(wake, now + SETTLES_S)
                break
        if all(part.done for part in self._parts):
            self.finished = True
            return now
        active = [part for part in self._parts if part.voice is not None and not part.done]
        if active:
            ends = self._origin + (active[0].offset_ms + active[0].length_ms) / 1000
            wake = min(wake, max(ends, now + 0.02) if ends > now else now + 0.02)
            if self.error_ms is None:
                begins = self._origin + active[-1].offset_ms / 1000
                wake = min(wake, max(begins + 0.1, now + 0.05))
        return wake

    def cut(self) -> int:
        """Silences it; returns the position (ms) up to which it was heard."""
        position = self._reached_ms()
        for part in self._parts:
            if part.voice is not None and not part.done:
                part.voice.cut()
                part.done = True
        self.finished = True
        return max(0, position)

    def _reached_ms(self) -> int:
        """By what its voices say; between two of them by the clock."""
        now, reached = self.position_ms(self._clock.monotonic()), self._begin_ms
        for part in self._parts:
            end = part.offset_ms + part.length_ms
            if part.done:
                reached = max(reached, end)
                continue
            if part.relayed:
                return now
            voiced = None if part.voice is None else part.voice.position_ms
            place = part.reached_ms if voiced is None else voiced
            if place is not None:
                return min(end, part.offset_ms - part.from_ms + place)
            return now if part.voice is None and reached <= now <= part.offset_ms else reached
        return reached

    def _place(self, part: _Part, now: float) -> None:
        if isinstance(part.source, FileSource) and (why := self._unplayable(part.source.media)):
            self.fault, part.done = why, True
            return
        at = self._origin + part.offset_ms / 1000
        if self._wall:
            measured = now + (self.begins - self._clock.now()).total_seconds()
            if abs(measured - self._origin) < JUMP_S:
                at += measured - self._origin
        from_ms = part.from_ms
        soonest = self._player.soonest()
        if at < soonest - 0.1 and self._heard_any():
            # After a lost device the rest goes on where it would have been.
            from_ms += int((soonest - at) * 1000)
            at = soonest
            if isinstance(part.source, FileSource) and from_ms >= part.source.media.duration_ms:
                part.done = True
                return
        try:
            soon_from = self._soon_from if part is self._parts[0] and not self._heard_any() else None
            part.voice = self._player.play(self._sound(part, from_ms), at, soon_from=soon_from)
            self._soon_from = soon_from
        except SoundFault as error:
            self.fault = str(error)
            self._retry = now + LOST_S
            if at + part.length_ms / 1000 < now:
                part.done = True

    def _settled(self, part: _Part) -> bool:
        """Whether it is known where the first sound begins; the others then follow it."""
        voice = part.voice
        if self._soon_from is None or voice is None or part.done:
            return True
        if voice.placed is None:
            return voice.state != "waiting"
        moved = voice.placed - (self._origin + part.offset_ms / 1000)
        self._origin += moved
        self.begins += timedelta(seconds=moved)
        self._soon_from = None
        return True

    def _heard_any(self) -> bool:
        return self._heard_ms > 0 or any(part.voice is not None for part in self._parts) or bool(self.fault)

    def _sound(self, part: _Part, from_ms: int) -> AnySound:
        if isinstance(part.source, LineSource):
            return SoundLine(part.length_ms)
        begin = self.begins + timedelta(milliseconds=part.offset_ms)
        volume = self._volume(begin, begin + timedelta(milliseconds=part.length_ms))
        if isinstance(part.source, StreamSource):
            return SoundStream(part.source.url, volume=volume)
        media = part.source.media
        return SoundFile(
            path=self._path_of(media),
            codec=media.codec,
            duration_ms=media.duration_ms,
            from_ms=from_ms,
            volume=volume,
        )

    def _look_at(self, part: _Part, now: float) -> None:
        voice = part.voice
        if voice is None:
            return
        if self.error_ms is None and voice.error_ms is not None and part.offset_ms >= self._begin_ms:
            planned = (self.begins - self.show.start).total_seconds() * 1000 + self._begin_ms
            self.error_ms = voice.error_ms + (0.0 if self.show.urgent else planned)
        ends = self._origin + (part.offset_ms + part.length_ms) / 1000
        if voice.state == "done" and (not part.relayed or now >= ends):
            part.done = True
        elif voice.state in ("failed", "done"):
            self._again(part, voice, now, ends)
        elif now > ends + LATE_END_S or (part.relayed and now >= ends):
            voice.cut()
            part.done = True

    def _again(self, part: _Part, voice: Voice, now: float, ends: float) -> None:
        """A lost sound device or stream is tried again while the item lasts; an unreadable file is passed over."""
        self.fault = voice.why or t("sound-relay-cut")
        lost_device = voice.lost or not self._player.running
        if (lost_device or part.relayed) and now < ends - RETRY_S:
            self._heard_ms += voice.heard_ms(now)
            part.reached_ms = voice.position_ms or part.reached_ms
            part.voice = None
            self._retry = now + (LOST_S if lost_device else RETRY_S)
        else:
            part.done = True


def _parts(show: Show, position_ms: int, chime_ms: int) -> list[_Part]:
    parts: list[_Part] = []
    if chime_ms and show.chime is not None:
        parts.append(_Part(-chime_ms, chime_ms, FileSource(show.chime)))
    offset = 0
    for _ in range(show.repeat):
        for source in show.sources:
            if isinstance(source, StreamSource | LineSource):
                return [*parts, _Part(position_ms, max(0, show.duration_ms - position_ms), source)]
            length = source.media.duration_ms
            skip = max(0, position_ms - offset)
            if skip < length:
                parts.append(_Part(offset + skip, length - skip, source, skip))
            offset += length
        offset += show.pause_ms
    return parts

"""A loudspeaker without sound, which lives through simulated days as the pure timeline decides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from langso.contract import Media
from langso.contract.outcomes import Reason
from speaker.programme.shows import Show, Stop
from speaker.programme.situation import Begin, Cut, Entry, Finish, Playing, Situation
from speaker.programme.sources import files
from speaker.programme.timeline import decide
from speaker.programme.window import ProgrammeWindow

T0 = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def sound(seconds: float, name: str = "a") -> Media:
    return Media(sha256=(name * 64)[:64], size=1, duration_ms=int(seconds * 1000), codec="wav")


def show(id: str, start: float, seconds: float = 60, **more: Any) -> Show:
    options: dict[str, Any] = {
        "title": id,
        "issuer": "office",
        "broadcast_class": "normal",
        "start": at(start),
        "sources": files((sound(seconds),)),
    }
    return Show(id=id, **options | more)


def alarm(id: str, start: float, seconds: float = 10, **more: Any) -> Show:
    options: dict[str, Any] = {"broadcast_class": "emergency", "urgent": True, "expires": at(start + 600)}
    return show(id, start, seconds, **options | more)


@dataclass
class World:
    """A loudspeaker without sound: performs what `decide` says and keeps a ledger."""

    now: float = 0.0
    scheduled: tuple[Show, ...] = ()
    urgent: tuple[Show, ...] = ()
    stops: tuple[Stop, ...] = ()
    trusted: bool = True
    muted: bool = False
    missing: set[str] = field(default_factory=set)
    entries: dict[str, Entry] = field(default_factory=dict)
    playing: list[Playing] = field(default_factory=list)
    ends: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    intervals: list[tuple[str, float, float]] = field(default_factory=list)
    refusals: dict[str, Reason] = field(default_factory=dict)

    def situation(self) -> Situation:
        performing = {playing.show.id for playing in self.playing}
        return Situation(
            now=at(self.now),
            trusted=self.trusted,
            scheduled=self.scheduled,
            urgent=self.urgent,
            stops=self.stops,
            entries={id: entry for id, entry in self.entries.items() if id not in performing},
            playing=tuple(self.playing),
            ready=lambda show: show.id not in self.missing,
            refusal=lambda show, when: self.refusals.get(show.id),
            muted=self.muted,
        )

    def windowed(self) -> Situation:
        """The same, by the shows that can matter now."""
        situation = self.situation()
        window = ProgrammeWindow(self.scheduled, self.urgent, self.entries)
        return replace(
            situation,
            scheduled=window.at(situation.now, situation.lead_ready, stops=bool(self.stops)),
            entries={id: entry for id, entry in window.entries.items() if id in situation.entries},
            listed=window.plays,
        )

    def settle(self) -> datetime | None:
        for playing in tuple(self.playing):
            if playing.ends <= at(self.now):
                self.playing.remove(playing)
                self._end(playing.show.id, "played", "")
        for _ in range(50):
            decision = decide(self.situation())
            assert decision == decide(self.situation())
            assert decision == decide(self.windowed())
            if decision.idle:
                return decision.wake
            for cut in decision.cuts:
                self._cut(cut)
            for finish in decision.finishes:
                self._finish(finish)
            for silent in decision.silenced:
                entry = Entry(silent.id, "muted", at(self.now), at(self.now), urgent=True, issuer=silent.issuer)
                assert self.entries.setdefault(silent.id, entry) is entry
            if decision.begin is not None:
                self._begin(decision.begin)
        raise AssertionError("it does not come to rest")

    def run(self, until: float) -> None:
        while self.now < until:
            wake = self.settle()
            moments = [until, self.now + 30]
            moments += [(playing.ends - T0).total_seconds() for playing in self.playing]
            if wake is not None:
                moments.append((wake - T0).total_seconds())
            self.now = max(self.now + 0.001, min(moments))
        self.settle()

    def crash(self, seconds: float) -> None:
        for playing in self.playing:
            self._close(playing)
        self.playing = []
        self.now += seconds

    def outcome(self, id: str) -> tuple[str, str] | None:
        ends = self.ends.get(id, [])
        assert len(ends) <= 1, ends
        return ends[0] if ends else None

    def began(self, id: str) -> list[float]:
        return [begin for name, begin, _ in self.intervals if name == id]

    def _begin(self, begin: Begin) -> None:
        assert all(playing.show.id != begin.show.id for playing in self.playing)
        assert len(self.playing) < 2
        lead = begin.show.lead.total_seconds() if begin.chime and begin.position_ms == 0 else 0.0
        first = (
            self.now + 0.2 + lead if begin.at is None else (begin.at - T0).total_seconds() + begin.position_ms / 1000
        )
        assert first - lead >= self.now
        origin = at(first - begin.position_ms / 1000)
        ends = origin + timedelta(milliseconds=begin.show.duration_ms)
        self.playing.append(Playing(begin.show, origin, ends))
        self.intervals.append((begin.show.id, first, (ends - T0).total_seconds()))
        self.entries[begin.show.id] = Entry(
            begin.show.id, "claimed", origin, at(self.now), urgent=begin.show.urgent, issuer=begin.show.issuer
        )

    def _cut(self, cut: Cut) -> None:
        playing = next(playing for playing in self.playing if playing.show.id == cut.show.id)
        self.playing.remove(playing)
        self._close(playing)
        if cut.keep:
            position = max(0, int((at(self.now) - playing.begins).total_seconds() * 1000))
            old = self.entries[cut.show.id]
            self.entries[cut.show.id] = replace(old, state=cut.leaves, at=at(self.now), position_ms=position)
        else:
            self._end(cut.show.id, cut.outcome, cut.reason.why)

    def _finish(self, finish: Finish) -> None:
        assert all(playing.show.id != finish.play for playing in self.playing)
        self._end(finish.play, finish.outcome, finish.reason.why)

    def _close(self, playing: Playing) -> None:
        for index, (name, begin, end) in enumerate(self.intervals):
            if name == playing.show.id and end == (playing.ends - T0).total_seconds():
                self.intervals[index] = (name, begin, max(begin, self.now))

    def _end(self, id: str, outcome: str, why: str) -> None:
        self.ends.setdefault(id, []).append((outcome, why))
        old = self.entries.get(id) or Entry(id, "ended", at(self.now), at(self.now))
        self.entries[id] = replace(old, state="ended", at=at(self.now))

"""Of some thousand shows those that a decision now can be about, so that nobody walks the whole plan each second."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from speaker.programme.shows import Show
from speaker.programme.situation import Entry
from speaker.programme.timeline import PREPARE


class ProgrammeWindow:
    """Made once for shows and what is recorded of them; made anew when either has changed. Pure.

    `plays`: all that the programme lists; `entries`: what is recorded and can still matter: of `urgent` shows, of
    what has not ended, and of what a clock ended that had leapt.
    """

    def __init__(self, shows: Iterable[Show], urgent: Iterable[Show], entries: Mapping[str, Entry]) -> None:
        shows = tuple(shows)
        self.plays = frozenset(show.play for show in shows)
        self._all_entries = entries
        self._open = {play: e for play, e in entries.items() if e.state != "ended" or e.provisional}
        self.entries = self._with(urgent)
        self._begun = [show for show in shows if show.play in self._open]
        fresh = (show for show in shows if show.play not in entries)
        self._fresh = sorted(fresh, key=_audible)
        self._audible = [show.audible for show in self._fresh]
        self._starts = sorted(show.start for show in self._fresh)

    def beside(self, urgent: Iterable[Show]) -> ProgrammeWindow:
        """The same programme and records beside other urgent shows."""
        other = copy.copy(self)
        other.entries = self._with(urgent)
        return other

    def at(self, now: datetime, lead_ready: timedelta, *, stops: bool) -> tuple[Show, ...]:
        """The shows to decide about, by audible start: what has begun, what is due, and the next one after it. With
        `stops` in force all that have not ended, for they may end what is far off.
        """
        due = len(self._fresh) if stops else bisect_right(self._audible, now + PREPARE + lead_ready) + 1
        return tuple(sorted((*self._begun, *self._fresh[:due]), key=_audible))

    def next_start(self, now: datetime) -> datetime | None:
        """Planned start of the next show that has not begun."""
        at = bisect_right(self._starts, now)
        return self._starts[at] if at < len(self._starts) else None

    def _with(self, urgent: Iterable[Show]) -> dict[str, Entry]:
        entries = self._all_entries
        return self._open | {show.play: entries[show.play] for show in urgent if show.play in entries}


def _audible(show: Show) -> tuple[datetime, str]:
    return show.audible, show.id

"""Of some thousand shows those that a decision now can be about, so that nobody walks the whole plan each second."""

from __future__ import annotations

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
        open_entries = {play: e for play, e in entries.items() if e.state != "ended" or e.provisional}
        self.entries = open_entries | {s.play: entries[s.play] for s in urgent if s.play in entries}
        self._begun = [show for show in shows if show.play in open_entries]
        fresh = (show for show in shows if show.play not in entries)
        self._fresh = sorted(fresh, key=_audible)
        self._audible = [show.audible for show in self._fresh]
        self._starts = sorted(show.start for show in self._fresh)

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


def _audible(show: Show) -> tuple[datetime, str]:
    return show.audible, show.id

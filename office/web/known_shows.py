"""Broadcasts as a page showed them last: made anew only where what they are made of is another, or the time.

A calendar has thousands of lines, and asks for itself every two seconds; a report that arrives changes few of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from langso.timekeeping import dates
from langso.words.language import Language, language
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.rows import Broadcast
from office.fleet.devices import FleetRow
from office.publishing.standings import Standings
from office.web.shows import PATIENCE, ShownBroadcast, show_of
from office.web.speakers import VillageSpeakers

_Known = tuple[tuple[object, ...], dict[str, tuple[tuple[object, ...], ShownBroadcast]]]
"""What all were made of, and each broadcast by its occurrence: what it was made of besides, and as it was shown."""


class KnownShows:
    """One console's memory of its calendar, in each language. Thread-safe: what is known is replaced whole."""

    def __init__(self) -> None:
        self._known: dict[Language, _Known] = {}

    def of(
        self,
        broadcasts: Sequence[Broadcast],
        plays: Mapping[str, Sequence[PlayReport]],
        groups: Sequence[VillageSpeakers],
        rows: Sequence[FleetRow],
        stand: Standings,
    ) -> list[ShownBroadcast]:
        """As `show_of`, of each broadcast. `plays`: by occurrence."""
        fleet = {row.device.id: row for row in rows}
        common: tuple[object, ...] = (
            [(row.device.id, row.online, row.plan_current, row.playing) for row in rows],
            [(group.slug, group.devices) for group in groups],
            str(stand.why),
            dates.local(stand.now).date(),
        )
        # The same for all: a hundred loudspeakers are compared once, and not for each of thousands of lines.
        known_of, before = self._known.get(language(), ((), {}))
        if known_of != common:
            before = {}
        made: dict[str, tuple[tuple[object, ...], ShownBroadcast]] = {}
        for one in broadcasts:
            said = plays[one.planned.id]
            of = one, said, stand.of(one), *_passed(one, said, stand)
            known = before.get(one.planned.id)
            if known is None or known[0] != of:
                known = of, show_of(one, said, groups, fleet, stand)
            made[one.planned.id] = known
        self._known[language()] = common, made
        return [made[one.planned.id][1] for one in broadcasts]


def _passed(broadcast: Broadcast, plays: Sequence[PlayReport], stand: Standings) -> tuple[bool, ...]:
    """What has come or gone by now: its time, its end, and when each loudspeaker that began should have ended."""
    start, length = broadcast.planned.start, broadcast.show.length
    begun = [play.started for play in plays if play.outcome is None and play.started is not None]
    ends = [start + length, start + length + PATIENCE, *(max(start, at) + length + PATIENCE for at in begun)]
    return stand.now >= start, *(stand.now > end for end in ends)

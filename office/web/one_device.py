"""One device's own page, as it is drawn: how it is, what it plays today, what may be told to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from langso.timekeeping import dates
from langso.words.catalogue import Sentence
from office.errors import NotFound
from office.fleet.devices import FleetRow
from office.people.accounts import StaffSession
from office.web.proving import proving_of
from office.web.shows import ShownBroadcast, SpeakerLine, past_urgent_shows, show_of, urgent_shows
from office.web.site import Site
from office.web.speakers import villages
from office.web.talk_panel import panel_of

QUIETEST = 10
"""Percent. Less is hardly heard on a pole; a loudspeaker is muted on the spot, where it is seen why."""


@dataclass(frozen=True)
class PlayToday:
    """A broadcast of today, and how it stands at this loudspeaker."""

    show: ShownBroadcast
    line: SpeakerLine


def loudest(site: Site) -> int:
    """Percent: as loud as the commune allows at most."""
    return max(QUIETEST, site.office.home.trust().trust.caps.volume)


def show_device(
    site: Site,
    session: StaffSession,
    id: str,
    *,
    done: str = "",
    problem: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
    """The page, with what was done or what kept it from being done. Raises NotFound."""
    office = site.office
    found = office.fleet.device(id)
    row = next((row for row in office.fleet_rows() if row.device.id == found.id), None)
    if row is None:
        raise NotFound(Sentence("fleet-unknown", device=id[:64]))
    wished = office.orders.wished(found.id).volume
    return site.page(
        "loa-mot.html",
        session,
        status=status,
        on="loa",
        row=row,
        played=_today(site, row) if found.role == "speaker" else (),
        volume=typed or (loudest(site) if wished is None else wished),
        quietest=QUIETEST,
        loudest=loudest(site),
        talk=panel_of(site, row),
        proving=proving_of(site, session),
        done=done,
        problem=problem,
    )


def _today(site: Site, row: FleetRow) -> tuple[PlayToday, ...]:
    office, now = site.office, site.office.clock.now()
    morning = dates.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    broadcasts = office.broadcasts.window(_utc(morning), _utc(morning + timedelta(days=1)))
    groups, stand = villages(office.fleet.devices()), office.speaker_orders.standings()
    plays = office.broadcasts.plays_of(one.planned.id for one in broadcasts)
    fleet = {row.device.id: row}
    shows = [show_of(one, plays[one.planned.id], groups, fleet, stand) for one in broadcasts]
    shows += [*urgent_shows(office), *past_urgent_shows(office, _utc(morning))]
    found = [PlayToday(show, line) for show in shows for line in show.lines if line.device == row.device.id]
    return tuple(sorted(found, key=lambda one: one.show.start))


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)

"""The calendar, the first page: from yesterday to two weeks ahead, with receipts as they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from fastapi import APIRouter
from starlette.responses import Response

from langso.timekeeping import dates
from langso.words.catalogue import Unit, Words, t
from office.fleet.devices import FleetRow
from office.web.permits import require
from office.web.shows import ShownBroadcast, past_urgent_shows, trouble_of, urgent_shows
from office.web.site import Site, SiteHere, Who, go
from office.web.speakers import villages
from office.web.to_approve import to_approve

router = APIRouter()
DAYS_BACK, DAYS_AHEAD = timedelta(hours=24), timedelta(days=14)


@router.get("/", dependencies=[require()])
def home(session: Who) -> Response:
    """Leads to the calendar."""
    del session
    return go("/lich")


@router.get("/lich", dependencies=[require()])
def calendar(site: SiteHere, session: Who) -> Response:
    """What is on today and after, with receipts as they arrive."""
    found = _calendar(site)
    html, _ = site.part("_lich.html", session, calendar=found)
    today = dates.local(site.office.clock.now()).date()
    waiting = found.to_approve if session.may("approver") else 0
    day = dates.day_with_lunar(today)
    return site.page("lich.html", session, on="lich", part=html, today=day, to_approve=waiting)


@router.get("/lich/manh", dependencies=[require()])
def calendar_part(site: SiteHere, session: Who, da: str = "") -> Response:
    """The part of the page that refreshes itself."""
    return site.fragment("_lich.html", session, da, calendar=_calendar(site))


@dataclass(frozen=True)
class Day:
    """One day of the calendar."""

    name: str
    shows: tuple[ShownBroadcast, ...]


@dataclass(frozen=True)
class Calendar:
    """Days with something on, what is urgent now, how the fleet is, and how many wait for a second person."""

    days: tuple[Day, ...]
    urgent: tuple[ShownBroadcast, ...]
    online: int
    speakers: int
    trouble: str
    unsigned: str
    ill: tuple[FleetRow, ...]
    to_approve: int


def _calendar(site: Site) -> Calendar:
    office, now = site.office, site.office.clock.now()
    rows = office.fleet_rows()
    groups = villages(row.device for row in rows)
    broadcasts = office.broadcasts.window(now - DAYS_BACK, now + DAYS_AHEAD)
    plays = office.broadcasts.plays_of(one.planned.id for one in broadcasts)
    stand = office.speaker_orders.standings()
    shows = site.shows.of(broadcasts, plays, groups, rows, stand)
    shows = sorted([*shows, *past_urgent_shows(office, now - DAYS_BACK)], key=lambda show: show.start)
    today = dates.local(now).date()
    days = tuple(Day(_name(day, today), tuple(found)) for day, found in groupby(shows, key=lambda show: show.day))
    urgent = urgent_shows(office)
    speakers = [row for row in rows if row.device.role == "speaker"]
    ill = tuple(row for row in speakers if row.level == "bad")
    online = sum(row.online for row in speakers)
    unsigned = unsigned_of(stand.why, sum(show.standing == "unsigned" for show in shows))
    waiting = len(to_approve(office, stand))
    return Calendar(days, urgent, online, len(speakers), trouble_of(office), unsigned, ill, waiting)


def unsigned_of(why: Words, waiting: int) -> str:
    """What staff must know where nothing can be signed now; "" where it can."""
    if waiting:
        return t("shows-waiting-count", count=waiting, why=why).rstrip()
    return t("shows-cannot-sign", why=why) if why else ""


def _name(day: date, today: date) -> str:
    named = Unit(dates.day_with_lunar, day)
    return t("shows-today", day=named) if day == today else str(named)

"""One loudspeaker or kiosk, well or not: how it is, what it plays today, and what staff may tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from langso.contract import DesiredSettings
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, t
from office.errors import BroadcastRefused, NotFound
from office.fleet.devices import FleetRow
from office.people.accounts import StaffSession
from office.signer.errors import SignerUnreachable
from office.web.forms import Form
from office.web.permits import require
from office.web.shows import ShownBroadcast, SpeakerLine, past_urgent_shows, show_of, urgent_shows
from office.web.site import Sent, Site, SiteHere, Who, go
from office.web.speakers import villages

router = APIRouter()
QUIETEST = 10
"""Percent. Less is hardly heard on a pole; a loudspeaker is muted on the spot, where it is seen why."""


@dataclass(frozen=True)
class PlayToday:
    """A broadcast of today, and how it stands at this loudspeaker."""

    show: ShownBroadcast
    line: SpeakerLine


@router.get("/loa/{id}", dependencies=[require()])
def device(id: str, site: SiteHere, session: Who, xong: str = "") -> Response:
    """The device's own page. Raises NotFound."""
    done = t(f"console-done-{xong}") if xong in ("thu", "lai", "to") else ""
    return _page(site, session, id, done=done)


@router.post("/loa/{id}/am-luong", dependencies=[require("admin")])
def volume(id: str, site: SiteHere, sent: Sent) -> Response:
    """How loud it is from now on, at most as loud as the commune allows. Raises NotFound."""
    office, by = site.office, sent.session.login
    found = office.fleet.device(id)
    try:
        wanted = _wanted(sent.form, _loudest(site))
        office.orders.wish(
            found.id,
            DesiredSettings(volume=wanted),
            also=lambda _: office.audit.write(by, "volume", found.id, str(wanted)),
        )
    except LangsoError as refused:
        status = 422 if isinstance(refused, BroadcastRefused) else 503
        unsent = isinstance(refused, SignerUnreachable)
        problem = t("console-nothing-sent", why=refused) if unsent else str(refused)
        return _page(site, sent.session, id, problem=problem, typed=sent.form.one("volume", None), status=status)
    if office.publisher is not None:
        office.publisher.wake()
    return go(f"/loa/{id}?xong=to")


def _wanted(form: Form, loudest: int) -> int:
    return form.number("volume", loudest, QUIETEST, loudest)


def _loudest(site: Site) -> int:
    return max(QUIETEST, site.office.home.trust().trust.caps.volume)


def _page(
    site: Site,
    session: StaffSession,
    id: str,
    *,
    done: str = "",
    problem: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
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
        volume=typed or (_loudest(site) if wished is None else wished),
        quietest=QUIETEST,
        loudest=_loudest(site),
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

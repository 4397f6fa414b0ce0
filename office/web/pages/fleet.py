"""Loudspeakers and kiosks: how each is, why, and what to do; the orders staff may give to one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from langso.words.catalogue import t
from office.fleet.devices import FleetRow
from office.web.permits import require
from office.web.shows import sensed, trouble_of
from office.web.site import Posted, Sent, Site, SiteHere, Who, go

router = APIRouter()


@dataclass(frozen=True)
class PageRow:
    """A device on the page. `sounded`: when it last played something to its end; `heard`: whether a sensor
    heard that (None: none can tell), `sensed`: what it says, in words; `label`: its pill.
    """

    row: FleetRow
    sounded: datetime | None
    heard: bool | None
    sensed: str
    label: str


@router.get("/loa", dependencies=[require()])
def fleet(site: SiteHere, session: Who, xong: str = "") -> Response:
    """The table, the worst first."""
    html, _ = site.part("_loa.html", session, **_fleet(site))
    rows = site.office.fleet.devices()
    return site.page(
        "loa.html",
        session,
        on="loa",
        part=html,
        speakers=sum(device.role == "speaker" for device in rows),
        kiosks=sum(device.role == "kiosk" for device in rows),
        held=site.office.sounds.lately(),
        done=t(f"console-done-{xong}") if xong in ("thu", "lai", "xem") else "",
    )


@router.get("/loa/manh", dependencies=[require()])
def fleet_part(site: SiteHere, session: Who, da: str = "") -> Response:
    """The table, refreshed."""
    return site.fragment("_loa.html", session, da, **_fleet(site))


@router.post("/loa/{id}/phat-thu", dependencies=[require("admin")])
def test_sound(id: str, site: SiteHere, sent: Sent) -> Response:
    """The device plays its test tone. Raises NotFound."""
    return _order(site, sent, id, "test_sound", "thu")


@router.post("/loa/{id}/khoi-dong-lai", dependencies=[require("admin")])
def restart(id: str, site: SiteHere, sent: Sent) -> Response:
    """The device's agent starts anew. Raises NotFound."""
    return _order(site, sent, id, "restart", "lai")


@router.post("/loa/{id}/da-xem", dependencies=[require("admin")])
def settle(id: str, site: SiteHere, sent: Sent) -> Response:
    """Staff have looked at two machines with one name. Raises NotFound."""
    site.office.fleet.device(id)
    site.office.fleet.settle(id, sent.session.login)
    return go("/loa?xong=xem")


def _order(site: Site, sent: Posted, id: str, action: Literal["test_sound", "restart"], done: str) -> Response:
    office, by = site.office, sent.session.login
    device = office.fleet.device(id)
    office.orders.give(device.id, action, also=lambda _: office.audit.write(by, action, device.id))
    if office.publisher is not None:
        office.publisher.wake()
    # Back to where the button was pressed.
    return go(f"/loa/{id}?xong={done}" if sent.form.one("ve", None) else f"/loa?xong={done}")


def _fleet(site: Site) -> dict[str, object]:
    sounded = site.office.broadcasts.last_sounded()
    rows = []
    for row in site.office.fleet_rows():
        last = sounded.get(row.device.id)
        if last is None:
            rows.append(PageRow(row, None, None, "", _label(row)))
            continue
        words = sensed(last.sure, last.finding)
        rows.append(PageRow(row, last.at, last.finding is None if words else None, words, _label(row)))
    rows.sort(key=lambda one: not one.row.conflict)
    return {
        # When each last spoke is not in the table, which then stays as it was drawn.
        "rows": [replace(one, row=replace(one.row, seen=None)) for one in rows],
        "ill": [one for one in rows if one.row.level != "ok"][:4],
        "trouble": trouble_of(site.office),
    }


def _label(row: FleetRow) -> str:
    if row.conflict:
        return t("console-fleet-clash")
    if row.level == "bad" and not row.online:
        return t("console-fleet-away")
    if row.playing:
        return t("shows-became-playing")
    return t(f"console-fleet-{row.level}")

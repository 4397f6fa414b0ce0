"""One broadcast: its words, its sound, how far it is on its way, and what each loudspeaker said of it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from langso.contract import Media
from langso.words.catalogue import Sentence, t
from office.broadcasting.jobs import Job
from office.errors import PageRefused
from office.signer.errors import SignerRefused
from office.web.permits import require
from office.web.shows import ShownBroadcast, show_of
from office.web.site import Sent, Site, SiteHere, Who, go
from office.web.speakers import villages

router = APIRouter()


@dataclass(frozen=True)
class BroadcastView:
    """`job`: its sounds are being made; `note`: what staff must know first; `again`: it may be mended and sent.

    `job_state`: of a broadcast that is not sent yet, for programs; "" for one that is.
    """

    show: ShownBroadcast
    sound: Media | None
    job: Job | None = None
    note: str = ""
    again: bool = False
    job_state: str = ""


@router.get("/ban-tin/{id}", dependencies=[require()])
def detail(id: str, site: SiteHere, session: Who) -> Response:
    """The whole page. Raises NotFound."""
    view = _view(site, id)
    html, _ = site.part("_phieu.html", session, view=view, whole=True)
    return site.page("ban-tin.html", session, on="lich", view=view, show=view.show, part=html)


@router.get("/ban-tin/{id}/manh", dependencies=[require()])
def detail_part(id: str, site: SiteHere, session: Who, da: str = "") -> Response:
    """The receipts, refreshed."""
    return site.fragment("_phieu.html", session, da, view=_view(site, id), whole=False)


@router.post("/ban-tin/{id}/dung", dependencies=[require("writer", "approver")])
def stop(id: str, site: SiteHere, sent: Sent) -> Response:
    """Out of the plan; where it sounds, it stops. Raises PageRefused where the signer's rules forbid the new plan."""
    try:
        site.console.broadcasts.withdraw(id, sent.session.login)
    except SignerRefused as refused:
        raise PageRefused(Sentence("shows-withdraw-refused", why=refused), 422) from refused
    return go(f"/ban-tin/{id}")


@router.post("/ban-tin/{id}/huy", dependencies=[require("writer", "approver")])
def cancel(id: str, site: SiteHere, sent: Sent) -> Response:
    """Its sounds are no longer made, and it is not sent. One that is sent already is taken back by `stop`."""
    job = site.console.jobs.of_message(id)
    if job is not None and not job.over:
        site.console.jobs.cancel(job.id)
        site.console.audit.write(sent.session.login, "cancel_job", id)
    return go(f"/ban-tin/{id}")


def _view(site: Site, id: str) -> BroadcastView:
    office = site.console
    broadcast = office.broadcasts.get(id)
    fleet = {row.device.id: row for row in office.fleet_rows()}
    plays = office.broadcasts.plays(broadcast.planned.id)
    show = show_of(broadcast, plays, villages(office.fleet.devices()), fleet, office.programme.standings())
    sound = broadcast.show.media[0] if broadcast.show.media else None
    job = office.jobs.of_message(id)
    if job is None or broadcast.status not in ("draft", "prepared"):
        return BroadcastView(show, sound, note=show.note)
    if not job.over:
        return BroadcastView(show, sound, job, job_state=job.state)
    note = t("jobs-cancelled") if job.state == "cancelled" else t("jobs-not-sent", why=job.why)
    return BroadcastView(show, sound, note=note, again=True, job_state=job.state)

"""One broadcast: its words, its sound, how far it is on its way, and what each loudspeaker said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.contract import Media
from langso.errors import LangsoError
from langso.words.catalogue import Sentence, code_of, t
from office.broadcasting.jobs import Job
from office.errors import PageRefused
from office.people.accounts import StaffSession
from office.signer.errors import SignerRefused, SignerUnreachable
from office.web.forms import mark_of
from office.web.permits import require
from office.web.proving import challenge_for, proof_of, proving_of
from office.web.shows import ShownBroadcast, show_of
from office.web.site import Sent, Site, SiteHere, Who, go
from office.web.speakers import villages

router = APIRouter()


@dataclass(frozen=True)
class BroadcastView:
    """`job`: its sounds are being made; `note`: what staff must know first; `again`: it may be mended and sent.
    `calm`: the note tells of what staff did themselves, and nothing is wrong. `back`: until when it can be undone.

    `job_state`: of a broadcast that is not sent yet, for programs; "" for one that is; `job_code`: why it failed.
    `unconfirmed`: nobody has confirmed it to the signer yet.
    """

    show: ShownBroadcast
    sound: Media | None
    job: Job | None = None
    note: str = ""
    again: bool = False
    calm: bool = False
    job_state: str = ""
    job_code: str = ""
    unconfirmed: bool = False
    back: datetime | None = None


@router.get("/ban-tin/{id}", dependencies=[require()])
def detail(id: str, site: SiteHere, session: Who, xong: str = "") -> Response:
    """The whole page; `xong`: the mark of the form it was sent by. Raises NotFound."""
    return _page(id, site, session, mark=mark_of(xong))


@router.get("/ban-tin/{id}/manh", dependencies=[require()])
def detail_part(id: str, site: SiteHere, session: Who, da: str = "") -> Response:
    """The receipts, refreshed."""
    return site.fragment("_phieu.html", session, da, view=_view(site, id), whole=False)


@router.get("/ban-tin/{id}/dung", dependencies=[require("writer", "approver")])
def ask_to_stop(id: str, site: SiteHere, session: Who) -> Response:
    """Asks before it is withdrawn or stopped, and says whose it is. Raises NotFound."""
    return _withdraw_page(id, site, session)


@router.post("/ban-tin/{id}/lay-lai", dependencies=[require("writer", "approver")])
def bring_back(id: str, site: SiteHere, sent: Sent) -> Response:
    """Back into the plan, within moments after it was withdrawn. Raises NotFound, BroadcastRefused, SignerRefused."""
    site.office.broadcasts.restore(id, sent.session.login)
    return go(f"/ban-tin/{id}")


@router.post("/ban-tin/{id}/dung", dependencies=[require("writer", "approver")])
def stop(id: str, site: SiteHere, sent: Sent) -> Response:
    """Out of the plan; where it sounds, it stops. Raises PageRefused where the signer's rules forbid the new plan."""
    try:
        site.office.broadcasts.withdraw(id, sent.session.login, proof_of(sent.form, sent.session))
    except SignerRefused as refused:
        if site.office.speaker_orders.asked:
            return _withdraw_page(id, site, sent.session, str(refused), code_of(refused))
        raise PageRefused(Sentence("shows-withdraw-refused", why=refused), 422) from refused
    return go(f"/ban-tin/{id}")


@router.post("/ban-tin/{id}/dung/thach", dependencies=[require("writer", "approver")])
def stop_challenge(request: Request, id: str, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for this withdrawal. Raises NotFound, SignerRefused."""
    return challenge_for(request, site, sent.session, site.office.broadcasts.asked_withdrawal(id))


@router.post("/ban-tin/{id}/xac-nhan", dependencies=[require("writer", "approver")])
def confirm(id: str, site: SiteHere, sent: Sent) -> Response:
    """Somebody proves to the signer that he wants it played, as it stands on the page. Raises NotFound."""
    proof = proof_of(sent.form, sent.session)
    try:
        if proof is None and site.office.speaker_orders.asked:
            raise SignerRefused(Sentence("signer-proof-missing"))
        site.office.broadcasts.send(id, sent.session.login, proof)
    except LangsoError as refused:
        status = 503 if isinstance(refused, SignerUnreachable) else 422
        return _page(id, site, sent.session, problem=str(refused), status=status, code=code_of(refused))
    return go(f"/ban-tin/{id}")


@router.post("/ban-tin/{id}/xac-nhan/thach", dependencies=[require("writer", "approver")])
def confirm_challenge(request: Request, id: str, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for this broadcast. Raises NotFound, BroadcastRefused, SignerRefused."""
    return challenge_for(request, site, sent.session, site.office.broadcasts.asked_sending(id))


@router.post("/ban-tin/{id}/huy", dependencies=[require("writer", "approver")])
def cancel(id: str, site: SiteHere, sent: Sent) -> Response:
    """Its sounds are no longer made, and it is not sent. One that is sent already is taken back by `stop`."""
    job = site.office.jobs.of_message(id)
    if job is not None and not job.over:
        site.office.jobs.cancel(job.id)
        site.office.audit.write(sent.session.login, "cancel_job", id)
    return go(f"/ban-tin/{id}")


def _page(
    id: str,
    site: Site,
    session: StaffSession,
    *,
    problem: str = "",
    status: int = 200,
    code: str = "",
    mark: str = "",
) -> Response:
    view = _view(site, id)
    html, _ = site.part("_phieu.html", session, view=view, whole=True)
    return site.page(
        "ban-tin.html",
        session,
        status=status,
        refusal=code,
        on="lich",
        view=view,
        show=view.show,
        part=html,
        problem=problem,
        sent_mark=mark,
        proving=proving_of(site, session),
    )


def _withdraw_page(id: str, site: Site, session: StaffSession, problem: str = "", code: str = "") -> Response:
    view, own = _view(site, id), _mine(site, id, session.login)
    return site.page(
        "rut.html",
        session,
        status=422 if problem else 200,
        refusal=code,
        on="lich",
        view=view,
        show=view.show,
        whose=t("console-withdraw-own") if own else t("console-withdraw-other", by=view.show.by),
        own=own,
        problem=problem,
        proving=proving_of(site, session),
    )


def _mine(site: Site, id: str, login: str) -> bool:
    return site.office.broadcasts.get(id).by == login


def _view(site: Site, id: str) -> BroadcastView:
    office = site.office
    broadcast = office.broadcasts.get(id)
    fleet = {row.device.id: row for row in office.fleet_rows()}
    plays = office.broadcasts.plays(broadcast.planned.id)
    show = show_of(broadcast, plays, villages(office.fleet.devices()), fleet, office.speaker_orders.standings())
    sound = broadcast.show.media[0] if broadcast.show.media else None
    job = office.jobs.of_message(id)
    if job is None or broadcast.status not in ("draft", "prepared"):
        waits = show.standing == "unasked"
        return BroadcastView(
            show, sound, note=show.note, unconfirmed=waits, back=office.broadcasts.back_until(broadcast)
        )
    if not job.over:
        return BroadcastView(show, sound, job, job_state=job.state)
    if job.state == "done":
        return BroadcastView(show, sound, note=t("shows-note-unasked"), unconfirmed=True)
    calm = job.state == "cancelled"
    note = t("jobs-cancelled") if calm else t("jobs-not-sent", why=job.why)
    return BroadcastView(show, sound, note=note, again=True, calm=calm, job_state=job.state, job_code=job.code)

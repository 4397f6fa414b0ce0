"""What waits for a second person: heard, and approved together or one by one, on a phone too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.contract import Media
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, code_of
from office.people.accounts import StaffSession
from office.signer.errors import SignerRefused, SignerUnreachable
from office.web.forms import Form
from office.web.permits import require
from office.web.proving import challenge_for, proof_of, proving_of
from office.web.shows import ShownBroadcast, show_of
from office.web.site import Sent, Site, SiteHere, Who, go
from office.web.speakers import villages
from office.web.to_approve import to_approve

router = APIRouter()
MOST_SHOWN = 100


@dataclass(frozen=True)
class WaitingBroadcast:
    """One that waits. `own`: the person who looks has sent it, so somebody else must approve it."""

    show: ShownBroadcast
    sound: Media
    own: bool
    chosen: bool


@dataclass(frozen=True)
class WaitingDay:
    """A day's."""

    name: str
    waiting: tuple[WaitingBroadcast, ...]


@router.get("/duyet", dependencies=[require("approver")])
def approving(site: SiteHere, session: Who) -> Response:
    """All that wait, by day, none chosen yet."""
    return _page(site, session, ())


@router.post("/duyet", dependencies=[require("approver")])
def approve(site: SiteHere, sent: Sent) -> Response:
    """Those that were ticked are approved, by one proof. Others stay."""
    ids = _ticked(sent.form)
    try:
        proof = proof_of(sent.form, sent.session)
        if proof is None and ids:
            raise SignerRefused(Sentence("signer-proof-missing"))
        site.office.broadcasts.approve(ids, sent.session.login, proof)
    except LangsoError as refused:
        status = 503 if isinstance(refused, SignerUnreachable) else 422
        return _page(site, sent.session, ids, str(refused), status, code_of(refused))
    return go("/duyet")


@router.post("/duyet/thach", dependencies=[require("approver")])
def approve_challenge(request: Request, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for those that were ticked. Raises NotFound, BroadcastRefused, SignerRefused."""
    asked = site.office.broadcasts.asked_approval(_ticked(sent.form))
    return challenge_for(request, site, sent.session, asked)


def _ticked(form: Form) -> tuple[str, ...]:
    return form.many("ban-tin")


def _page(
    site: Site,
    session: StaffSession,
    chosen: tuple[str, ...],
    problem: str = "",
    status: int = 200,
    code: str = "",
) -> Response:
    office = site.office
    groups, stand = villages(office.fleet.devices()), office.speaker_orders.standings()
    found = to_approve(office, stand)
    waiting = tuple(
        WaitingBroadcast(
            show_of(one, (), groups, {}, stand), one.show.media[0], one.by == session.login, one.id in chosen
        )
        for one in found[:MOST_SHOWN]
    )
    days = tuple(
        WaitingDay(dates.day_with_lunar(day), tuple(each))
        for day, each in groupby(waiting, key=lambda one: one.show.day)
    )
    return site.page(
        "duyet.html",
        session,
        status=status,
        refusal=code,
        on="duyet",
        days=days,
        others=any(not one.own for one in waiting),
        problem=problem,
        proving=proving_of(site, session),
    )

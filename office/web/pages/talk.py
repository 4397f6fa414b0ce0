"""The village head's right to speak: given and withdrawn on the page of any loudspeaker of the village."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.contract import TalkRight
from langso.errors import LangsoError
from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused
from office.signer.asked.orders import AskedTalk
from office.signer.errors import SignerUnreachable
from office.web.forms import Form
from office.web.one_device import show_device
from office.web.permits import require
from office.web.proving import challenge_for, proof_of
from office.web.site import Sent, Site, SiteHere, go
from office.web.talk_panel import DAY, MONTH

router = APIRouter()


@router.post("/loa/{id}/phim-noi", dependencies=[require("admin")])
def give(id: str, site: SiteHere, sent: Sent) -> Response:
    """The head of the loudspeaker's village may speak from now on. Raises NotFound."""
    try:
        right = _right(site, id, sent.form)
        site.office.talk.give(right, sent.session.login, proof_of(sent.form, sent.session))
    except LangsoError as refused:
        status = 503 if isinstance(refused, SignerUnreachable) else 422
        return show_device(site, sent.session, id, problem=str(refused), status=status)
    return _told(site, id, "noi")


@router.post("/loa/{id}/phim-noi/thach", dependencies=[require("admin")])
def challenge(request: Request, id: str, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for just this right. Raises NotFound, BroadcastRefused, SignerRefused."""
    return challenge_for(request, site, sent.session, AskedTalk(talk=_right(site, id, sent.form)))


@router.post("/loa/{id}/phim-noi/rut", dependencies=[require("admin")])
def withdraw(id: str, site: SiteHere, sent: Sent) -> Response:
    """Nobody speaks in this village any more. Raises NotFound."""
    village = site.office.fleet.device(id).village
    if village is not None:
        site.office.talk.withdraw(village, sent.session.login)
    return _told(site, id, "thoi-noi")


def _told(site: Site, id: str, done: str) -> Response:
    with contextlib.suppress(LangsoError):
        # What cannot be signed now is signed as soon as it can; the page says that it waits.
        site.office.talk.catch_up()
    if site.office.publisher is not None:
        site.office.publisher.wake()
    return go(f"/loa/{id}?xong={done}")


def _right(site: Site, id: str, form: Form) -> TalkRight:
    village = site.office.fleet.device(id).village
    if village is None:
        raise BroadcastRefused(Sentence("console-talk-no-village"))
    day = form.number("day", DAY, 1, 240)
    return TalkRight(village=village, minutes_a_day=day, minutes_a_month=form.number("month", MONTH, day, 2000))

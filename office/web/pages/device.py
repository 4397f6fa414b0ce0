"""One loudspeaker or kiosk, well or not: how it is, what it plays today, and what staff may tell it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from langso.contract import DesiredSettings
from langso.errors import LangsoError
from langso.words.catalogue import t
from office.errors import BroadcastRefused
from office.signer.asked.orders import AskedSettings
from office.signer.errors import SignerRefused, SignerUnreachable
from office.web.forms import Form
from office.web.one_device import QUIETEST, loudest, show_device
from office.web.permits import require
from office.web.proving import challenge_for, proof_of
from office.web.site import Sent, SiteHere, Who, go

router = APIRouter()


@router.get("/loa/{id}", dependencies=[require()])
def device(id: str, site: SiteHere, session: Who, xong: str = "") -> Response:
    """The device's own page. Raises NotFound."""
    done = t(f"console-done-{xong}") if xong in ("thu", "lai", "to", "noi", "thoi-noi") else ""
    return show_device(site, session, id, done=done)


@router.post("/loa/{id}/am-luong", dependencies=[require("admin")])
def volume(id: str, site: SiteHere, sent: Sent) -> Response:
    """How loud it is from now on, at most as loud as the commune allows. Raises NotFound."""
    office, by = site.office, sent.session.login
    found = office.fleet.device(id)
    try:
        wanted = _wanted(sent.form, loudest(site))
        settings = DesiredSettings(volume=wanted)
        office.speaker_orders.ask(
            AskedSettings(device=found.id, settings=settings), proof_of(sent.form, sent.session)
        )
        office.orders.wish(found.id, settings, also=lambda _: office.audit.write(by, "volume", found.id, str(wanted)))
    except LangsoError as refused:
        status = 422 if isinstance(refused, BroadcastRefused | SignerRefused) else 503
        unsent = isinstance(refused, SignerUnreachable)
        problem = t("console-nothing-sent", why=refused) if unsent else str(refused)
        return show_device(
            site, sent.session, id, problem=problem, typed=sent.form.one("volume", None), status=status
        )
    if office.publisher is not None:
        office.publisher.wake()
    return go(f"/loa/{id}?xong=to")


@router.post("/loa/{id}/am-luong/thach", dependencies=[require("admin")])
def challenge(request: Request, id: str, site: SiteHere, sent: Sent) -> Response:
    """What a passkey is to sign for just this loudness. Raises NotFound, BroadcastRefused, SignerRefused."""
    settings = DesiredSettings(volume=_wanted(sent.form, loudest(site)))
    asked = AskedSettings(device=site.office.fleet.device(id).id, settings=settings)
    return challenge_for(request, site, sent.session, asked)


def _wanted(form: Form, most: int) -> int:
    return form.number("volume", most, QUIETEST, most)

"""One loudspeaker or kiosk, well or not: how it is, what it plays today, and what staff may tell it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from langso.contract import DesiredSettings
from langso.errors import LangsoError
from langso.words.catalogue import t
from office.errors import BroadcastRefused
from office.signer.errors import SignerUnreachable
from office.web.forms import Form
from office.web.one_device import QUIETEST, loudest, show_device
from office.web.permits import require
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
        office.orders.wish(
            found.id,
            DesiredSettings(volume=wanted),
            also=lambda _: office.audit.write(by, "volume", found.id, str(wanted)),
        )
    except LangsoError as refused:
        status = 422 if isinstance(refused, BroadcastRefused) else 503
        unsent = isinstance(refused, SignerUnreachable)
        problem = t("console-nothing-sent", why=refused) if unsent else str(refused)
        return show_device(
            site, sent.session, id, problem=problem, typed=sent.form.one("volume", None), status=status
        )
    if office.publisher is not None:
        office.publisher.wake()
    return go(f"/loa/{id}?xong=to")


def _wanted(form: Form, most: int) -> int:
    return form.number("volume", most, QUIETEST, most)

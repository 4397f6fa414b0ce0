"""How a page asks a person to confirm what he orders: six digits of his app, or a touch of his passkey."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from office.people.accounts import StaffSession
from office.signer.asked.orders import Asked
from office.signer.client import Proof
from office.web.forms import Form
from office.web.site import Site

MAX_CODE = 40
MAX_PASSKEY = 16 << 10


@dataclass(frozen=True)
class Proving:
    """What a form must ask for. `asked`: anything at all; `enrolled`: this person can confirm; `touch`: by a passkey
    too.
    """

    asked: bool = False
    enrolled: bool = False
    touch: bool = False
    alarms: bool = False
    login: str = ""


def proving_of(site: Site, session: StaffSession) -> Proving:
    """What this person must confirm orders by. Cheap: the signer is asked every few seconds at most."""
    enrolment = site.office.speaker_orders.enrolment()
    one = enrolment.people.get(session.login)
    if one is None:
        return Proving(enrolment.asked, login=session.login)
    usable = one.code or one.passkeys > 0 or one.listed > 0
    return Proving(enrolment.asked, usable, one.passkeys > 0, one.alarms, session.login)


def proof_of(form: Form, session: StaffSession) -> Proof | None:
    """What this person typed or touched; None where nothing was. Raises PageRefused for what is too long."""
    code, passkey = form.one("code", MAX_CODE), form.raw("passkey", MAX_PASSKEY)
    return Proof(session.login, code, passkey) if code or passkey else None


def challenge_for(request: Request, site: Site, session: StaffSession, asked: Asked) -> Response:
    """What the browser is to ask of this person's passkeys for this order. Raises SignerRefused."""
    options = site.office.speaker_orders.challenge(asked, session.login, origin_of(request))
    return Response(options, media_type="application/json")


def origin_of(request: Request) -> str:
    """The address of the page as the browser says it."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}".lower()

"""Papers that kiosks sent: the list, and the PDF of each; every opening is logged."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from langso.durable.errors import StoreError
from langso.trust.roots.errors import WeakPassphrase, WrongPassphrase
from langso.trust.roots.passphrase import canonical, suggest
from langso.words import group
from langso.words.catalogue import Sentence
from office.desk.dossiers import Dossier
from office.errors import DeskLocked, PasswordRefused
from office.people.accounts import StaffSession
from office.web.forms import MAX_TYPED
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who, go

router = APIRouter()
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Paper:
    """A dossier on the page: where it comes from, and its receipt code in groups to read aloud."""

    dossier: Dossier
    place: str
    code: str


@router.get("/giay-to", dependencies=[require("desk")])
def dossiers(site: SiteHere, session: Who) -> Response:
    """The list, the newest first."""
    return _dossiers(site, session)


@router.post("/giay-to/mo-khoa", dependencies=[require("desk")])
def unlock(site: SiteHere, sent: Sent) -> Response:
    """Opens the desk with the officer's own passphrase; what came while it was locked is then put in its month."""
    desk, login = site.office.desk, sent.session.login
    before = desk.key.open
    try:
        desk.key.unlock(login, sent.form.raw("passphrase", MAX_TYPED))
    except (DeskLocked, WrongPassphrase) as refused:
        return _dossiers(site, sent.session, problem=str(refused), status=422)
    try:
        site.office.audit.write(login, "unlock-desk", login)
    except StoreError as refused:
        # Nobody opens papers where no record of it can be kept; who opened them before may go on.
        if not before:
            desk.key.lock()
        return _dossiers(site, sent.session, problem=str(refused), status=503)
    threading.Thread(target=desk.reading.wrap_all, name="months", daemon=True).start()
    return go("/giay-to")


@router.post("/giay-to/khoa-lai", dependencies=[require("desk")])
def lock(site: SiteHere, sent: Sent) -> Response:
    """Locks the desk at once."""
    site.office.desk.key.lock()
    site.office.audit.write(sent.session.login, "lock-desk", sent.session.login)
    return go("/giay-to")


@router.post("/giay-to/cau-mat-khau", dependencies=[require("desk")])
def passphrase(site: SiteHere, sent: Sent) -> Response:
    """While it is open, the officer sets a passphrase of their own, for the next time."""
    typed = sent.form.raw("new", MAX_TYPED)
    try:
        if canonical(typed) != canonical(sent.form.raw("again", MAX_TYPED)):
            raise PasswordRefused(Sentence("console-passwords-differ"))
        site.office.desk.key.set_passphrase(sent.session.login, typed)
    except (DeskLocked, WeakPassphrase, PasswordRefused) as refused:
        return _dossiers(site, sent.session, problem=str(refused), status=422)
    site.office.audit.write(sent.session.login, "desk-passphrase", sent.session.login)
    return go("/giay-to")


def _dossiers(site: Site, session: StaffSession, *, problem: str = "", status: int = 200) -> Response:
    places = {device.id: device.place or device.id for device in site.office.fleet.devices()}
    papers = [
        Paper(one, places.get(one.device, one.device), group(one.dossier[:40])) for one in site.office.desk.list()
    ]
    key = site.office.desk.key
    return site.page(
        "giay-to.html",
        session,
        status=status,
        on="giay-to",
        papers=papers,
        sealed=key.sealed,
        open=key.open,
        own=session.login in key.officers(),
        problem=problem,
        suggestion=suggest() if key.sealed and key.open else "",
    )


@router.get("/giay-to/{id}/tep", dependencies=[require("desk")])
def open_dossier(id: str, site: SiteHere, session: Who) -> Response:
    """The PDF in the browser's own viewer. Raises NotFound, UploadRefused where it is damaged."""
    pdf = site.office.desk.open(id, session.login)
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "content-disposition": 'inline; filename="giay-to.pdf"',
            "content-security-policy": _PDF_POLICY,
            "cache-control": "no-store",
        },
    )

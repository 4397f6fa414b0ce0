"""Papers that kiosks sent: the list, each one's PDF, and its copy for the archive; every opening is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from langso.errors import LangsoError
from langso.words import group
from office.desk.dossiers import Dossier
from office.errors import NotFound
from office.people.accounts import StaffSession
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who

if TYPE_CHECKING:
    from scanner.document import Level

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
    """The newest first."""
    places = {device.id: device.place or device.id for device in site.console.fleet.devices()}
    papers = [
        Paper(one, places.get(one.device, one.device), group(one.dossier[:40])) for one in site.console.desk.list()
    ]
    return site.page("giay-to.html", session, on="giay-to", papers=papers)


@router.get("/giay-to/{id}/tep", dependencies=[require("desk")])
def open_dossier(id: str, site: SiteHere, session: Who) -> Response:
    """The PDF in the browser's own viewer. Raises NotFound, UploadRefused where it is damaged."""
    pdf = site.console.desk.open(id, session.login)
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "content-disposition": 'inline; filename="giay-to.pdf"',
            "content-security-policy": _PDF_POLICY,
            "cache-control": "no-store",
        },
    )


@router.get("/giay-to/{id}/luu-tru", dependencies=[require("desk")])
def archive_page(id: str, site: SiteHere, session: Who) -> Response:
    """Asks for the dossier's code. Raises NotFound."""
    return _archive_page(site, session, id, code="", level="2b")


@router.post("/giay-to/{id}/luu-tru", dependencies=[require("desk")])
def archive(id: str, site: SiteHere, sent: Sent) -> Response:
    """The PDF/A with its words, as a file to keep; a wrong code comes back with what was typed. Raises NotFound."""
    code = sent.form.one("code", 60)
    level: Level = "1b" if sent.form.one("level", 4) == "1b" else "2b"
    try:
        made = site.console.archive.make(id, code, sent.session.login, level)
    except NotFound:
        raise
    except LangsoError as refused:
        return _archive_page(site, sent.session, id, code=code, level=level, problem=str(refused), status=400)
    if made.unread and not sent.form.one("wordless", 1):
        # A download would hide it: the clerk is told first.
        return _archive_page(site, sent.session, id, code=code, level=level, unread=made.unread)
    return Response(
        made.data,
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{made.name}"', "cache-control": "no-store"},
    )


def _archive_page(
    site: Site,
    session: StaffSession,
    id: str,
    *,
    code: str,
    level: Level,
    problem: str = "",
    unread: tuple[int, ...] = (),
    status: int = 200,
) -> Response:
    dossier = site.console.desk.dossier(id)
    return site.page(
        "luu-tru.html",
        session,
        status=status,
        on="giay-to",
        paper=dossier,
        name=site.console.archive.name(id),
        code=code,
        level=level,
        problem=problem,
        unread=unread,
    )

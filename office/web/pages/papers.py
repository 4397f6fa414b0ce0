"""Papers that kiosks sent: the list and each one's PDF; every opening is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from langso.words import group
from office.desk.dossiers import Dossier
from office.web.permits import require
from office.web.site import SiteHere, Who

if TYPE_CHECKING:
    pass

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

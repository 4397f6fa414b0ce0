"""A dossier's copy for the archive: PDF/A with searchable words, under the dossier's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from langso.durable.errors import StoreError
from langso.errors import LangsoError
from office.errors import NotFound
from office.people.accounts import StaffSession
from office.web.forms import Form
from office.web.permits import require
from office.web.site import Sent, Site, SiteHere, Who

if TYPE_CHECKING:
    from scanner.document import Level

router = APIRouter()


@router.get("/giay-to/{id}/luu-tru", dependencies=[require("desk")])
def archive_page(id: str, site: SiteHere, session: Who, giu: str = "") -> Response:
    """Asks for the dossier's code; `giu`: with what was typed before one had to log in. Raises NotFound."""
    kept = site.kept.of(session.login, f"/giay-to/{id}/luu-tru") if giu else None
    if kept is not None:
        return _archive_page(site, session, id, code=kept.one("code", None), level=_level(kept))
    return _archive_page(site, session, id, code="", level="2b")


@router.post("/giay-to/{id}/luu-tru", dependencies=[require("desk")])
def archive(id: str, site: SiteHere, sent: Sent) -> Response:
    """The PDF/A with its words, as a file to keep; a wrong code comes back with what was typed. Raises NotFound."""
    code = sent.form.one("code", None)
    level = _level(sent.form)
    try:
        made = site.office.archive.make(id, code, sent.session.login, level)
    except NotFound:
        raise
    except LangsoError as refused:
        status = 503 if isinstance(refused, StoreError) else 400
        return _archive_page(site, sent.session, id, code=code, level=level, problem=str(refused), status=status)
    if made.unread and not sent.form.one("wordless", 1):
        # A download would hide it: the clerk is told first.
        return _archive_page(site, sent.session, id, code=code, level=level, unread=made.unread)
    site.kept.forget(sent.session.login, f"/giay-to/{id}/luu-tru")
    return Response(
        made.data,
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{made.name}"', "cache-control": "no-store"},
    )


def give_back(site: Site, session: StaffSession, id: str, form: Form, problem: str, status: int) -> Response:
    """The form as it was typed, with what kept it from being taken. Raises NotFound."""
    code = form.one("code", None)
    return _archive_page(site, session, id, code=code, level=_level(form), problem=problem, status=status)


def _level(form: Form) -> Level:
    return "1b" if form.one("level", None) == "1b" else "2b"


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
    dossier = site.office.desk.dossier(id)
    return site.page(
        "luu-tru.html",
        session,
        status=status,
        on="giay-to",
        paper=dossier,
        name=site.office.archive.name(id),
        code=code,
        level=level,
        problem=problem,
        unread=unread,
    )

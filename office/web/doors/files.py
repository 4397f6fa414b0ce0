"""Files without a login: sounds that were sent, by SHA-256 (with ranges), and the console's own static files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from langso.words.catalogue import Sentence
from office.errors import NotFound
from office.people.accounts import StaffSession
from office.web.compressing import takes_gzip
from office.web.permits import OPEN
from office.web.site import SiteHere, visitor

_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
router = APIRouter()


@router.api_route("/media/{sha256}", methods=["GET", "HEAD"], dependencies=[OPEN])
def media(
    sha256: str, request: Request, site: SiteHere, session: Annotated[StaffSession | None, Depends(visitor)]
) -> Response:
    """A sound by its content's name: the bytes can never change, so any cache may keep them. One that was not sent is
    for those alone who write and approve. Raises NotFound.
    """
    path = site.office.media.path_of(sha256)
    sent = site.office.broadcasts.published(sha256)
    if not sent and (session is None or session.must_change or not session.may("writer", "approver")):
        raise NotFound(Sentence("broadcasting-sound-gone", sound=sha256[:12]))
    etag = f'"{sha256}"'
    headers = {"cache-control": _FOR_EVER if sent else "private, no-store", "etag": etag}
    if _known(request, etag):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="audio/ogg", headers=headers)


@router.api_route("/static/{name}", methods=["GET", "HEAD"], dependencies=[OPEN])
def static(name: str, request: Request, site: SiteHere) -> Response:
    """One of the listed static files, by its name with its content's hash, or by its plain name. Raises NotFound."""
    found = site.files.find(name)
    if found is None:
        raise NotFound(Sentence("doors-no-file"))
    file, for_ever = found
    headers = {"cache-control": _FOR_EVER if for_ever else _A_DAY, "etag": file.etag}
    if file.packed is not None:
        headers["vary"] = "Accept-Encoding"
    if _known(request, file.etag):
        return Response(status_code=304, headers=headers)
    if file.packed is not None and takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.packed, headers={**headers, "content-encoding": "gzip"}, media_type=file.type)
    return Response(file.data, headers=headers, media_type=file.type)


def _known(request: Request, etag: str) -> bool:
    """Whether whoever asks has these very bytes."""
    given = request.headers.get("if-none-match", "")[:2000].split(",")
    return etag.removeprefix("W/") in [one.strip().removeprefix("W/") for one in given]

"""Files for anyone who asks by name: sounds by their SHA-256 with ranges, and the console's own static files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from langso.settings import assets
from office.errors import NotFound
from office.web.permits import OPEN
from office.web.site import SiteHere

_STATIC = Path(__file__).parents[1] / "static"
_OWN = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "cai.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_TYPES = {".js": "text/javascript; charset=utf-8", ".ttf": "font/ttf"}
_FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
router = APIRouter()


@router.api_route("/media/{sha256}", methods=["GET", "HEAD"], dependencies=[OPEN])
def media(sha256: str, request: Request, site: SiteHere) -> Response:
    """A sound by its content's name: the bytes can never change, so any cache may keep them. Raises NotFound."""
    path = site.console.media.path_of(sha256)
    etag = f'"{sha256}"'
    headers = {"cache-control": _FOR_EVER, "etag": etag}
    if etag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="audio/ogg", headers=headers)


@router.api_route("/static/{name}", methods=["GET", "HEAD"], dependencies=[OPEN])
def static(name: str, request: Request) -> Response:
    """Only what is listed, by its plain name. Raises NotFound."""
    cached = _FOR_EVER if request.url.query.startswith("v=") else _A_DAY
    if name in _OWN:
        return FileResponse(_STATIC / name, media_type=_OWN[name], headers={"cache-control": cached})
    if name not in assets.WEB_NAMES:
        raise NotFound("Không có tệp này; hãy tải lại trang.")
    path = assets.web(name)
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"cache-control": cached})

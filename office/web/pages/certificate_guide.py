"""The page that installs the console's certificate on a phone or PC, before there is any TLS to trust."""

from __future__ import annotations

import io
import plistlib
import uuid
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from langso.settings.model import is_loopback
from langso.words.catalogue import Sentence, t
from office.errors import NotFound
from office.founding.console_ca import Fingerprint, console_names, fingerprint, root_certificate, root_der
from office.founding.doors import GUIDE, console_url, scanned_url
from office.web.permits import OPEN
from office.web.security import DOOR, POLICY
from office.web.site import Site, SiteHere

router = APIRouter()
System = Literal["android", "iphone", "windows", "mac", "linux"]
_ADDRESS_MOST = 500
_SYSTEMS: tuple[tuple[str, System], ...] = (
    ("android", "android"),
    ("iphone", "iphone"),
    ("ipad", "iphone"),
    ("windows", "windows"),
    ("macintosh", "mac"),
)


@dataclass(frozen=True)
class InstallGuide:
    """What the page shows. `own`: on the office's own screen or under TLS, where the fingerprint may be believed."""

    own: bool
    url: str
    onward: str
    to_scan: str
    system: System
    firefox: bool
    print: Fingerprint | None


@router.get(GUIDE, dependencies=[OPEN])
def guide(request: Request, site: SiteHere, toi: str = "/") -> Response:
    """How to install it, for the device that asks; on the office's own screen the code to scan, the fingerprint."""
    _ask_for_own(site)
    office = site.office.settings.office
    own = request.scope.get(DOOR, "plain") != "guide"
    agent = request.headers.get("user-agent", "").lower()[:500]
    base = _base(site, request)
    shown = InstallGuide(
        own=own,
        url=console_url(office),
        onward=base + _local(toi),
        to_scan=to_scan(site),
        system=next((system for word, system in _SYSTEMS if word in agent), "linux"),
        firefox="firefox" in agent or "fxios" in agent,
        print=fingerprint(root_certificate(site.office.home)) if own else None,
    )
    response = site.page("cai-chung-thu.html", None, guide=shown)
    # Whether this device trusts us already is found out by asking over https.
    response.headers["content-security-policy"] = POLICY.replace("connect-src 'self'", f"connect-src 'self' {base}")
    return response


@router.get(f"{GUIDE}/tin", dependencies=[OPEN])
def trusted() -> Response:
    """Answers over TLS only to those who trust the certificate."""
    return Response(status_code=204, headers={"access-control-allow-origin": "*"})


@router.get(f"{GUIDE}/langso.crt", dependencies=[OPEN])
def certificate(site: SiteHere) -> Response:
    """The root as Android, Windows, macOS and Firefox install it."""
    _ask_for_own(site)
    name = f"langso-{site.office.settings.commune.code}.crt"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(root_der(site.office.home), media_type="application/x-x509-ca-cert", headers=headers)


@router.get(f"{GUIDE}/langso.mobileconfig", dependencies=[OPEN])
def profile(site: SiteHere) -> Response:
    """The same as an iPhone's profile, with a name that people recognise."""
    _ask_for_own(site)
    root, commune = root_der(site.office.home), site.office.settings.commune
    told = fingerprint(root_certificate(site.office.home))
    own = f"vn.langso.{commune.code}"
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{own}.ca",
        "PayloadUUID": _uuid(told.sha256 + "root"),
        "PayloadDisplayName": t("guide-profile-name", commune=commune.name),
        "PayloadContent": root,
    }
    whole = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": own,
        "PayloadUUID": _uuid(told.sha256),
        "PayloadDisplayName": f"Làng Số {commune.name}",
        "PayloadOrganization": commune.name,
        "PayloadDescription": t("guide-profile-why"),
        "PayloadContent": [payload],
    }
    return Response(plistlib.dumps(whole), media_type="application/x-apple-aspen-config")


@router.get(f"{GUIDE}/ma.svg", dependencies=[OPEN])
def code(site: SiteHere) -> Response:
    """The code that leads a phone here."""
    import segno

    _ask_for_own(site)
    drawn = io.BytesIO()
    segno.make(to_scan(site), error="m").save(drawn, kind="svg", scale=6, border=3, dark="#14294D", light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def to_scan(site: Site) -> str:
    """The guide's address for a phone. Raises NotFound where the settings have no such page."""
    found = scanned_url(site.office.settings.office)
    if found is None:
        raise NotFound(Sentence("guide-not-open"))
    return found


def elsewhere(site: Site, request: Request) -> Response:
    """Where a page asked for without TLS is: the guide, which leads on by itself; at once where all trust it."""
    path = _local(request.url.path)
    if site.office.settings.office.https == "own":
        return RedirectResponse(f"{GUIDE}?toi={path}" if path != "/" else GUIDE, status_code=303)
    return RedirectResponse(_base(site, request) + path, status_code=307)


def _ask_for_own(site: Site) -> None:
    if site.office.settings.office.https != "own":
        raise NotFound(Sentence("guide-not-own"))


def _base(site: Site, request: Request) -> str:
    """The console over TLS, by the name it was asked for where that is in the certificate."""
    office = site.office.settings.office
    asked, port = request.url.hostname or "", urlsplit(console_url(office)).port
    if asked in console_names(office).all and not is_loopback(asked):
        return f"https://{asked}" + ("" if port is None else f":{port}")
    return console_url(office)


def _local(path: str) -> str:
    """A path of ours only, fit to stand in an address; "/" for whatever else was asked for."""
    plain = path.isascii() and path.isprintable() and len(path) <= _ADDRESS_MOST
    good = (
        plain and path.startswith("/") and not path.startswith(("//", "/\\")) and not set(path) & set(" \"'<>&?#%\\")
    )
    return path if good else "/"


def _uuid(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text)).upper()

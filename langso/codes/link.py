"""Web addresses in QR codes: where they lead, and what makes one suspicious."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from langso.words.catalogue import t

from . import dossier_code
from .parsed import Parsed

_BEGINNING = re.compile(r"https?://", re.IGNORECASE)
# Browsers end a name at a backslash and read %2F or full-width dots their own way: only plain letters can be judged.
_PLAIN_HOST = re.compile(r"[a-z0-9_.\-]+|[0-9a-f:.]+")


def looks_like(text: str) -> bool:
    """Whether a text begins as a web address."""
    return _BEGINNING.match(text) is not None


def read(text: str) -> Parsed:
    """Fields: `url`, `host` (or None), `secure`, `government` (host under gov.vn), `dossier_code` (or None)."""
    url = text.strip()
    host: str | None
    problems: list[str] = []
    try:
        parts = urlsplit(url)
        host = parts.hostname or None
        _ = parts.port  # a port out of range only shows when asked for
        user = parts.username is not None
    except ValueError:
        host, user = None, False
    if host is None:
        problems.append(t("codes-link-unreadable"))
    if user:
        # https://dichvucong.gov.vn@example.com leads to example.com
        problems.append(t("codes-link-hides"))
    if any(c.isspace() or ord(c) < 32 for c in url):
        problems.append(t("codes-link-space"))
    plain = host is not None and _PLAIN_HOST.fullmatch(host) is not None
    if host is not None and not plain:
        problems.append(t("codes-link-letters"))
    government = host is not None and plain and (host == "gov.vn" or host.endswith(".gov.vn"))
    fields = {
        "url": url,
        "host": host,
        "secure": url[:6].lower() == "https:",
        "government": government,
        "dossier_code": dossier_code.find(unquote(url)),
    }
    cautions = [] if government else [t("codes-link-not-gov")]
    return Parsed("url", fields, problems, cautions)

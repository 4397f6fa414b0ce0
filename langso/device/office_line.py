"""HTTP to the office: trusts the pairing's authority, judges dates by the proven time, finds the office's address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from langso.device.tls import office_context
from langso.device.whereabouts import Whereabouts
from langso.timekeeping.known_time import KnownTime, wall_time


@dataclass(frozen=True)
class OfficeLine:
    """How this device speaks HTTP with its office. `ca`: the pairing's authority, for https."""

    ca: Path | None = None
    known: Callable[[], KnownTime] = wall_time
    where: Whereabouts | None = None

    def client(self, url: str, **options: Any) -> httpx.Client:
        """A client for addresses under `url`: no proxies, no redirects. Raises OSError, ssl.SSLError for a bad CA."""
        verify = office_context(self.ca, self.known) if url.startswith("https:") else True
        transport = _Transport(self.where, verify=verify, trust_env=False)
        return httpx.Client(transport=transport, trust_env=False, follow_redirects=False, **options)


class _Transport(httpx.HTTPTransport):
    """Goes where the office has proven itself over the link, under the name it was paired by."""

    def __init__(self, where: Whereabouts | None, **options: Any) -> None:
        super().__init__(**options)
        self._where = where

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As the base, at the address that is right now."""
        host = request.url.host
        moved = self._where.moved_from(host) if self._where is not None else None
        if moved is not None:
            request = httpx.Request(
                request.method,
                request.url.copy_with(host=moved),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        return super().handle_request(request)

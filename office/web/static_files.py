"""The console's own files, read and compressed once: served under names that hold their content's hash."""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from langso.settings import assets

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "static"
_OWN = ("icon.svg", "console.js", "cai.js", "console.css")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_REFERENCE = re.compile(rb"/static/([A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class StaticFile:
    """One file. `named`: its name with its content's hash; `packed`: its gzip, None where that is no shorter."""

    named: str
    type: str
    data: bytes
    packed: bytes | None

    @cached_property
    def etag(self) -> str:
        """Of the content, however it travels."""
        return f'W/"{hashlib.sha256(self.data).hexdigest()[:16]}"'


class StaticFiles:
    """All of them, by plain name and by the name with the hash. What set-up has not fetched is left out, and said in
    the log: pages are readable without.
    """

    def __init__(self) -> None:
        self._plain: dict[str, StaticFile] = {}
        for name in sorted(assets.WEB_NAMES):
            try:
                self._add(name, assets.web(name).read_bytes())
            except (assets.AssetMissing, OSError) as missing:
                log.warning("%s: %s", name, missing)
        for name in _OWN:
            # The style sheet comes last: it names others, and must be another one when they are.
            self._add(name, _REFERENCE.sub(self._reference, (_FOLDER / name).read_bytes()))
        self._named = {one.named: one for one in self._plain.values()}

    def url(self, name: str) -> str:
        """Where a page finds the file of that plain name."""
        found = self._plain.get(name)
        return f"/static/{name if found is None else found.named}"

    def find(self, name: str) -> tuple[StaticFile, bool] | None:
        """The file of either name, and whether that name holds its content for ever; None where there is none."""
        found = self._named.get(name)
        if found is not None:
            return found, True
        plain = self._plain.get(name)
        return None if plain is None else (plain, False)

    def _add(self, name: str, data: bytes) -> None:
        place = PurePath(name)
        packed = gzip.compress(data, 9, mtime=0)
        self._plain[name] = StaticFile(
            named=f"{place.stem}.{hashlib.sha256(data).hexdigest()[:12]}{place.suffix}",
            type=_TYPES[place.suffix],
            data=data,
            packed=packed if len(packed) < 0.95 * len(data) else None,
        )

    def _reference(self, found: re.Match[bytes]) -> bytes:
        return self.url(found[1].decode()).encode()

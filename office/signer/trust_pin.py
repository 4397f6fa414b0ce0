"""What the signer itself keeps of the commune's trust: the root pinned in its own folder, and the newest trust seen.

The office's web process may write the office's folder: what lies there is believed only where the pinned root signed
it, and never one older than was seen before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from langso.contract import Threshold, TrustDocument
from langso.contract.base import Count, Message
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.trust import Opened, Refused, RootKeys, open_bundle, threshold_of
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised, SignerStuck

log = logging.getLogger(__name__)

FILE = "trust-pin.json"
MAX_FILE = 16 << 10


class _Pin(Message):
    """The whole file. `trust`: the version of the newest trust document seen; `sha256` of its payload."""

    root: Threshold
    version: Annotated[int, Field(ge=1)] = 1
    trust: Count = 0
    sha256: Annotated[str, Field(max_length=64)] = ""


class TrustPin:
    """The pin in the signer's `folder`. Raises NotInitialised for a damaged file.

    Where there is none yet (an office made before pins were), `first` is pinned, once, with a line in the log.
    """

    def __init__(self, folder: Path, first: Callable[[], RootKeys]) -> None:
        self._path = folder / FILE
        if not self._path.exists():
            log.warning("pinning the commune's root in %s", folder)
            write_pin(folder, first())
        try:
            self._pin = _Pin.model_validate_json(read_limited(self._path, MAX_FILE))
        except (FileRefused, ValidationError, ValueError) as error:
            raise NotInitialised(Sentence("signer-pin-damaged", path=self._path)) from error

    def open(self, bundle: bytes) -> TrustDocument:
        """The trust document of a bundle that the pinned root vouches for; a newer root or trust is kept first.

        Raises SignerStuck for a bundle that is forged, older, or differs from one with the same version.
        """
        pin = self._pin
        try:
            opened = open_bundle(bundle, RootKeys.of(pin.root, pin.version))
        except Refused as refused:
            raise SignerStuck(Sentence("signer-list-forged", why=refused)) from refused
        trust = opened.trust
        # A new root counts its trust documents anew.
        if trust.epoch == pin.version and (
            trust.version < pin.trust or (trust.version == pin.trust and opened.sha256 != pin.sha256)
        ):
            raise SignerStuck(Sentence("signer-list-old"))
        self._keep(opened)
        return opened.trust

    def _keep(self, opened: Opened) -> None:
        pin = _pin(opened.root, opened.trust.version, opened.sha256)
        if pin != self._pin:
            write_atomic(self._path, pin.to_json())
            self._pin = pin


def write_pin(folder: Path, root: RootKeys) -> None:
    """Pins a root for the signer of this folder; no trust document was seen yet."""
    write_atomic(folder / FILE, _pin(root).to_json())


def _pin(root: RootKeys, trust: int = 0, sha256: str = "") -> _Pin:
    return _Pin(root=threshold_of(root.keys, root.threshold), version=root.version, trust=trust, sha256=sha256)

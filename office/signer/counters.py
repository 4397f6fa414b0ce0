"""What the signer remembers: the highest version of each kind and audience, and which urgent orders it signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from langso.contract.base import Count, Identity, Message, Moment, Sha256
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised
from office.signer.wire import Counter

FILE = "counters.json"
MAX_FILE = 4 << 20
HOUR = timedelta(hours=1)
# An order may be carried in many versions of the urgent document; it counts once as long as it may live.
REMEMBER = timedelta(days=2)


class SignedOrder(Message):
    """An urgent order's id and when it was first signed."""

    id: Identity
    at: Moment


class SignerMemory(Message):
    """The whole file."""

    versions: Annotated[dict[str, Count], Field(max_length=2000)] = Field(default_factory=dict)
    hashes: Annotated[dict[str, Sha256], Field(max_length=2000)] = Field(default_factory=dict)
    orders: Annotated[tuple[SignedOrder, ...], Field(max_length=20_000)] = ()


class SignedVersions:
    """The counters in `folder`, written atomically before a signature leaves. One process only.

    Raises NotInitialised for a damaged file: to begin again at 1 would make devices refuse everything.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._ledger = SignerMemory()
        if self._path.exists():
            try:
                self._ledger = SignerMemory.model_validate_json(read_limited(self._path, MAX_FILE))
            except (FileRefused, ValidationError, ValueError) as error:
                raise NotInitialised(Sentence("signer-counters-damaged", path=self._path)) from error

    def version(self, kind: str, epoch: int, audience: str) -> int:
        """The highest version signed; 0 before the first."""
        return self._ledger.versions.get(_key(kind, epoch, audience), 0)

    def signed(self, kind: str, epoch: int, audience: str, version: int, sha256: str) -> bool:
        """Whether just these bytes were signed last under just this version."""
        key = _key(kind, epoch, audience)
        return (self._ledger.versions.get(key), self._ledger.hashes.get(key)) == (version, sha256)

    def all(self) -> tuple[Counter, ...]:
        """Every counter."""
        found = []
        for key, version in sorted(self._ledger.versions.items()):
            kind, epoch, audience = key.split("/", 2)
            found.append(Counter(kind=kind, epoch=int(epoch), audience=audience, version=version))
        return tuple(found)

    def advance(
        self,
        kind: str,
        epoch: int,
        audience: str,
        version: int,
        orders: tuple[SignedOrder, ...] = (),
        sha256: str | None = None,
    ) -> None:
        """Durably sets a counter and remembers new urgent orders; never lowers it. `sha256`: of the bytes that are
        signed under this version.
        """
        key = _key(kind, epoch, audience)
        versions, hashes = dict(self._ledger.versions), dict(self._ledger.hashes)
        versions[key] = max(version, self.version(kind, epoch, audience))
        hashes.pop(key, None)
        if sha256 is not None:
            hashes[key] = sha256
        newest = max((order.at for order in orders), default=None)
        kept = tuple(old for old in self._ledger.orders if newest is None or old.at > newest - REMEMBER)
        ledger = SignerMemory(versions=versions, hashes=hashes, orders=(*kept, *orders)[-20_000:])
        write_atomic(self._path, ledger.to_json())
        self._ledger = ledger

    def lift(self, found: Mapping[tuple[str, int, str], int]) -> None:
        """Durably raises many counters, by kind, epoch and audience, in one write; never lowers one."""
        higher = {_key(*of): version for of, version in found.items() if version > self.version(*of)}
        if higher:
            hashes = {key: sha256 for key, sha256 in self._ledger.hashes.items() if key not in higher}
            versions = {**self._ledger.versions, **higher}
            ledger = self._ledger.model_copy(update={"versions": versions, "hashes": hashes})
            write_atomic(self._path, ledger.to_json())
            self._ledger = ledger

    def knows_order(self, id: str) -> bool:
        """Whether this urgent order was signed before."""
        return any(order.id == id for order in self._ledger.orders)

    def orders_in_hour(self, now: datetime) -> int:
        """How many urgent orders were first signed in the last hour."""
        return sum(1 for order in self._ledger.orders if now - HOUR < order.at)


def _key(kind: str, epoch: int, audience: str) -> str:
    return f"{kind}/{epoch}/{audience}"

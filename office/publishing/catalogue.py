"""The signed catalogue for kiosks: the commune's own accounts, procedures, the key dossiers are encrypted to."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from langso.contract import Account, Catalogue, Message, Procedure
from langso.contract.vouched import listed_accounts
from langso.device.paired_devices import fleet_size
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.timekeeping.clock import Clock
from langso.trust import parse_payload, read_sealed
from langso.words.catalogue import Sentence
from office.broadcasting.plans import Head
from office.errors import CatalogueRefused
from office.places import OfficeHome
from office.publishing.documents import Documents, Issued
from office.signer.errors import SignerUnreachable

LIFE = timedelta(days=365)
REFRESH = timedelta(days=30)
MAX_FILE = 1 << 20


class CatalogueFile(Message):
    """catalogue.json: what staff have entered. `accounts`: entered before the root keys vouched for accounts; they
    hold for nothing until `langso office trust vouch` has brought them into the list of rights.
    """

    accounts: Annotated[tuple[Account, ...], Field(max_length=50)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=500)] = ()


class CatalogueKeeper:
    """Reads and changes catalogue.json, and signs the catalogue."""

    def __init__(self, home: OfficeHome, documents: Documents, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._documents = documents

    def entries(self) -> CatalogueFile:
        """What staff have entered. Raises CatalogueRefused for a damaged file."""
        return entered(self._home)

    def set_procedures(self, procedures: tuple[Procedure, ...]) -> Issued:
        """Replaces the procedures."""
        return self._save(self.entries().model_copy(update={"procedures": procedures}))

    def refresh(self) -> None:
        """Signs the catalogue where there is none yet, it is a month old, or it could not be signed
        after a change.
        """
        age = self._documents.age("catalogue")
        if age is None or age > REFRESH or self._changed():
            self.issue()

    def issue(self) -> Issued:
        """Signs what is entered under a new version. Raises SignerRefused, SignerUnreachable."""
        held, accounts = self.entries(), self._accounts()
        recipient = self._home.age_recipient()
        name = self._home.settings.commune.name
        fleet = fleet_size(self._home.devices)

        def build(head: Head) -> Catalogue:
            return Catalogue(
                **head.fields(LIFE),
                commune_name=name,
                accounts=accounts,
                procedures=held.procedures,
                age_recipient=recipient,
                fleet=fleet,
            )

        return self._documents.issue("catalogue", build)

    def _changed(self) -> bool:
        newest, held = self._documents.latest("catalogue"), self.entries()
        if newest is None:
            return True
        said = parse_payload(read_sealed(newest.envelope, "catalogue").payload, Catalogue)
        is_now = (self._accounts(), held.procedures, fleet_size(self._home.devices))
        return (said.accounts, said.procedures, said.fleet) != is_now

    def _accounts(self) -> tuple[Account, ...]:
        return listed_accounts(self._home.trust().trust, self._clock.now())

    def _save(self, entries: CatalogueFile) -> Issued:
        try:
            CatalogueFile.model_validate(entries.model_dump())
        except ValidationError as error:
            raise CatalogueRefused(Sentence("publishing-catalogue-long")) from error
        write_atomic(self._home.catalogue_file, entries.to_json())
        try:
            return self.issue()
        except SignerUnreachable as error:
            raise SignerUnreachable(Sentence("publishing-catalogue-unsigned", why=error), error.fault) from error


def entered(home: OfficeHome) -> CatalogueFile:
    """What staff have entered. Raises CatalogueRefused for a damaged file."""
    path = home.catalogue_file
    if not path.exists():
        return CatalogueFile()
    try:
        return CatalogueFile.model_validate_json(read_limited(path, MAX_FILE))
    except (FileRefused, ValidationError) as error:
        raise CatalogueRefused(Sentence("publishing-catalogue-damaged", path=path)) from error

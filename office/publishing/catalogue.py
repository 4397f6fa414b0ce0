"""The signed catalogue for kiosks: the commune's own accounts, procedures, the key dossiers are encrypted to."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from langso.contract import Account, Catalogue, Message, Procedure
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.trust import parse_payload, read_sealed
from office.broadcasting.plans import Head
from office.errors import CatalogueRefused
from office.places import OfficeHome
from office.publishing.documents import Documents, Issued
from office.signer.errors import SignerUnreachable

LIFE = timedelta(days=365)
REFRESH = timedelta(days=30)
MAX_FILE = 1 << 20


class CatalogueFile(Message):
    """catalogue.json: what staff have entered."""

    accounts: Annotated[tuple[Account, ...], Field(max_length=50)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=500)] = ()


class CatalogueKeeper:
    """Reads and changes catalogue.json and issues it."""

    def __init__(self, home: OfficeHome, documents: Documents) -> None:
        self._home = home
        self._documents = documents

    def entries(self) -> CatalogueFile:
        """What is entered. Raises CatalogueRefused for a damaged file."""
        path = self._home.catalogue_file
        if not path.exists():
            return CatalogueFile()
        try:
            return CatalogueFile.model_validate_json(read_limited(path, MAX_FILE))
        except (FileRefused, ValidationError) as error:
            raise CatalogueRefused(f"Tệp {path} bị hỏng; hãy chép lại từ bản sao lưu.") from error

    def add_account(self, bin: str, number: str, holder: str, label: str = "") -> Issued:
        """One of the commune's own accounts; the same bin and number replaces. Raises CatalogueRefused."""
        try:
            account = Account(bin=bin, number=number.strip().upper(), holder=holder, label=label)
        except ValidationError as error:
            raise CatalogueRefused(
                "Tài khoản không đúng: mã ngân hàng gồm 6 chữ số, số tài khoản tối đa 19 chữ số và chữ; hãy xem lại."
            ) from error
        held = self.entries()
        kept = tuple(old for old in held.accounts if (old.bin, old.number) != (account.bin, account.number))
        return self._save(held.model_copy(update={"accounts": (*kept, account)}))

    def remove_account(self, bin: str, number: str) -> Issued:
        """Takes an account away. Raises CatalogueRefused where there is none."""
        held = self.entries()
        kept = tuple(old for old in held.accounts if (old.bin, old.number) != (bin, number))
        if len(kept) == len(held.accounts):
            raise CatalogueRefused("Không có tài khoản này trong danh sách; hãy xem lại số.")
        return self._save(held.model_copy(update={"accounts": kept}))

    def set_procedures(self, procedures: tuple[Procedure, ...]) -> Issued:
        """Replaces the procedures."""
        return self._save(self.entries().model_copy(update={"procedures": procedures}))

    def refresh(self) -> None:
        """Issues where there is none yet, it is a month old, or it could not be signed when it was changed."""
        age = self._documents.age("catalogue")
        if age is None or age > REFRESH or self._changed():
            self.issue()

    def issue(self) -> Issued:
        """Signs what is entered under a new version. Raises SignerRefused, SignerUnreachable."""
        held, recipient = self.entries(), self._home.age_recipient()
        name = self._home.settings.commune.name

        def build(head: Head) -> Catalogue:
            return Catalogue(
                **head.fields(LIFE),
                commune_name=name,
                accounts=held.accounts,
                procedures=held.procedures,
                age_recipient=recipient,
            )

        return self._documents.issue("catalogue", build)

    def _changed(self) -> bool:
        newest, held = self._documents.latest("catalogue"), self.entries()
        if newest is None:
            return True
        said = parse_payload(read_sealed(newest.envelope, "catalogue").payload, Catalogue)
        return (said.accounts, said.procedures) != (held.accounts, held.procedures)

    def _save(self, entries: CatalogueFile) -> Issued:
        try:
            CatalogueFile.model_validate(entries.model_dump())
        except ValidationError as error:
            raise CatalogueRefused("Danh mục quá dài; hãy bớt mục rồi thử lại.") from error
        write_atomic(self._home.catalogue_file, entries.to_json())
        try:
            return self.issue()
        except SignerUnreachable as error:
            raise SignerUnreachable(
                f"Đã ghi vào danh mục nhưng chưa ký được, các kiosk chưa biết; trang văn phòng tự ký lại. {error}",
                error.fault,
            ) from error

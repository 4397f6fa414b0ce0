"""Errors of the office: one family, each with the builtin it resembles; the text says what to do."""

from __future__ import annotations

from langso.errors import LangsoError
from langso.words.catalogue import Sentence, Words


class OfficeError(LangsoError):
    """Family of everything the office refuses."""


class AlreadyInitialised(OfficeError, FileExistsError):
    """The office has keys already; new ones would make every device deaf."""


class TrustChangeRefused(OfficeError, ValueError):
    """The list of rights cannot be changed as asked: root keys are missing, or there is nothing to change."""


class MediaFailed(OfficeError, RuntimeError):
    """A sound could not be made or measured."""


class BroadcastRefused(OfficeError, ValueError):
    """A broadcast or urgent order cannot be sent as asked."""


class MakingCancelled(OfficeError, RuntimeError):
    """Nobody wants the sound any more that was being made."""


class QueueFull(OfficeError, RuntimeError):
    """So many sounds are waiting to be made that one more would only wait."""


class NotFound(OfficeError, LookupError):
    """No such broadcast, order, device, dossier or upload."""


class ReportRefused(OfficeError, ValueError):
    """A device's state or receipts do not verify or do not fit what is known."""


class UploadRefused(OfficeError, ValueError):
    """A dossier's upload is refused; `status` is the HTTP status that says so."""

    def __init__(self, text: str | Sentence, status: int = 400) -> None:
        self.status = status
        super().__init__(text)


class CarriedWithout(OfficeError, OSError):
    """A courier brought a dossier's manifest without the whole of its file: it is carried again."""


class RenewalRefused(OfficeError, ValueError):
    """A device is given no certificate; `status` is the HTTP status: 403 where only a new pairing helps."""

    def __init__(self, text: Words, status: int) -> None:
        self.status = status
        super().__init__(text)


class DeskLocked(OfficeError, PermissionError):
    """The key of scans is sealed, and no officer has opened it since this program began or for an hour."""


class ArchiveRefused(OfficeError, ValueError):
    """A dossier cannot be archived as asked: a wrong code, or another is being made."""


class CatalogueRefused(OfficeError, ValueError):
    """An entry of the catalogue is wrong."""


class LoginRefused(OfficeError, PermissionError):
    """Name or password are wrong, or the name cannot be one."""


class PasswordRefused(OfficeError, ValueError):
    """A new password is too short, too long or one that everybody tries first."""


class RoleRefused(OfficeError, ValueError):
    """Roles cannot be given as asked: one is unknown, none is left, or the last administrator would be lost."""


class AuditBroken(OfficeError, ValueError):
    """The log of what was done is not as it was written; the text says where."""


class TooManyTries(OfficeError, PermissionError):
    """Too many wrong passwords for this account or from this address, or too many logins at once."""


class PageRefused(OfficeError, PermissionError):
    """A request the console does not take; `status` is the HTTP status that says so."""

    def __init__(self, text: str | Sentence, status: int = 403) -> None:
        self.status = status
        super().__init__(text)


class PortTaken(OfficeError, OSError):
    """The console's address cannot be listened on."""

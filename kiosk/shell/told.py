"""What the shell and the process of a visit tell each other, over `kiosk.shell.line`: frozen values only."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.sending.sealing import HandedIn, SealedDocument
from kiosk.shell.protocol import Destination, Letters, Plain
from langso.contract import Catalogue
from langso.contract.vouched import Payees
from langso.settings.model import ScannerSettings
from langso.settings.reading import Settings
from langso.words.catalogue import Words
from langso.words.language import Language
from scanner.live.table_keeper import Doubts

# By the shell.


@dataclass(frozen=True)
class Facts:
    """What may change while a visit lasts: the signed catalogue, the office's key, the commune's accounts, whether
    the line is up; whether nothing proves the time, and how far this machine's clock is from it, in whole seconds.
    """

    catalogue: Catalogue | None
    recipient: str | None
    payees: Payees | None
    connected: bool
    unproven: bool = False
    ahead_s: int = 0


@dataclass(frozen=True)
class BeginVisit:
    """Somebody may come now. `folder`: the visit's own, in memory; `doubts`: about the table's measure so far;
    `letters`: those that are drawn.
    """

    settings: Settings
    camera: ScannerSettings
    folder: str
    place: str
    commune: str
    tongue: Language
    facts: Facts
    doubts: Doubts
    letters: Letters


@dataclass(frozen=True)
class LookThrough:
    """Another camera is to be opened from now on."""

    camera: ScannerSettings


@dataclass(frozen=True)
class Did:
    """The villager did something on the page numbered `page` (see `NewPage`)."""

    page: int
    name: str
    value: Plain = None


@dataclass(frozen=True)
class OnTheGlass:
    """What a `Change` told is on the glass: the next one may come."""


@dataclass(frozen=True)
class KeepAnswer:
    """The dossier asked to be kept under `ask` is durable, or `fault` says why not."""

    ask: int
    handed: HandedIn | None
    fault: Words = ""


# By the visit.


@dataclass(frozen=True)
class Prepared:
    """Everything is loaded, nobody was seen; it waits for `BeginVisit`."""


@dataclass(frozen=True, eq=False)
class NewPage:
    """Draw this place; `page` rises by one a place."""

    page: int
    there: Destination


@dataclass(frozen=True, eq=False)
class Change:
    """The page shows this now."""

    page: int
    shows: Plain


@dataclass(frozen=True)
class Styled:
    """Everything is drawn with these letters from now on."""

    letters: Letters


@dataclass(frozen=True)
class Keep:
    """A dossier, encrypted already, to be kept until the office has it."""

    ask: int
    sealed: SealedDocument


@dataclass(frozen=True)
class Hurry:
    """Send what waits now."""


@dataclass(frozen=True)
class Alive:
    """Told once a second, and at once when it changes. `light`: whether light is wanted, None without a camera;
    `camera_fault`, `camera_seen`: see `CameraHealth`.
    """

    light: bool | None = None
    camera_fault: Words = ""
    camera_seen: bool = False
    doubts: Doubts | None = None


@dataclass(frozen=True)
class Over:
    """The visit has ended; `fault`: by a fault of ours, of which the villager should hear."""

    fault: bool = False

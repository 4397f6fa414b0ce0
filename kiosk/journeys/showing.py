"""What each place shows: frozen values that a journey makes and a screen draws without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from kiosk.journeys.kinds import Kind
from kiosk.shell.protocol import Letters
from kiosk.style.theme import Tone
from langso.words.catalogue import Words
from scanner.arrays import Image

CornerPoints = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Remark:
    """A state told three ways at once: in words, by an icon (a name in `kiosk.style.icons`) and by a colour."""

    text: Words
    icon: str = "info"
    tone: Tone = "warn"


@dataclass(frozen=True, eq=False)
class LivePicture:
    """What the camera sees. `number` grows with each frame; `picture`: None for none; `quad`: corners in its pixels.

    `progress`: how near the capture is, 0 to 1.
    """

    said: Remark
    number: int = 0
    picture: Image | None = None
    quad: CornerPoints | None = None
    progress: float = 0.0

    def saying(self, said: Remark) -> LivePicture:
        """The same picture with another sentence."""
        return replace(self, said=said)


@dataclass(frozen=True)
class HomeShows:
    """`place` and `commune`: names as people say them; `day`: with its lunar date; `hour`: as 17:00. `unproven`:
    nothing proves the time, and somebody here may set it by a PIN.
    """

    place: str
    commune: str
    day: str
    hour: str
    unproven: bool = False


@dataclass(frozen=True)
class ClockShows:
    """The time typed so far, as `03/12/____ __:__`, with what it means in words once it is whole; then how many
    digits of the PIN are typed, never which. `ready`: whether the way on may be pressed; `refused`: why it led
    nowhere.
    """

    step: Literal["time", "pin", "done"]
    typed: str
    meant: str = ""
    pin: int = 0
    ready: bool = False
    refused: str = ""


@dataclass(frozen=True)
class LettersShows:
    """The letters in which everything is drawn now."""

    letters: Letters


@dataclass(frozen=True)
class PairingShows:
    """How the pairing stands. `steps`: what is done and what is typed, "" for nothing; `code`: "" for none."""

    commune: str
    device: str
    code: str
    why: str
    steps: tuple[tuple[Words, str], ...]


@dataclass(frozen=True, eq=False)
class KeptPage:
    """A page that was kept: its index in the dossier (from 0), its picture, and whether something is odd about it."""

    index: int
    picture: Image
    odd: bool = False


@dataclass(frozen=True, eq=False)
class CardShows:
    """Which side of a card is `asked` for; `done`: the name and picture of the side already taken, or None."""

    asked: Words
    done: tuple[Words, Image] | None = None


@dataclass(frozen=True, eq=False)
class ScanShows:
    """The camera over the table. `many` pages are kept, the newest of them in `kept`; `number`: the one looked for.

    `card`: None for a plain sheet; `replacing`: whether the page takes the place of another; `busy`: being captured.
    """

    title: Words
    under: Words
    hint: Words
    live: LivePicture
    many: int = 0
    kept: tuple[KeptPage, ...] = ()
    number: int = 1
    card: CardShows | None = None
    replacing: bool = False
    busy: bool = False


@dataclass(frozen=True, eq=False)
class PreviewShows:
    """A page just taken. `corners`: whether they may be set by hand; `lit`: the one button that was pressed while
    the page is still being made, "" for none.
    """

    number: int
    picture: Image
    said: Remark
    card: bool = False
    replacing: bool = False
    corners: bool = True
    remarks: tuple[Words, ...] = ()
    lit: str = ""


@dataclass(frozen=True, eq=False)
class CornersShows:
    """The picture with its corners, None where nobody knows; `refused`: why the last ones were not taken."""

    picture: Image
    quad: CornerPoints | None
    found: bool
    busy: bool = False
    refused: Words = ""


@dataclass(frozen=True, eq=False)
class PagesShows:
    """One kept page of `many`; `asking`: the next touch takes it out."""

    index: int
    many: int
    picture: Image
    remarks: tuple[Words, ...] = ()
    asking: bool = False


@dataclass(frozen=True)
class SortShows:
    """The kinds of paper that these `pages` sheets may be."""

    pages: int
    kinds: tuple[Kind, ...]
    said: Remark


@dataclass(frozen=True, eq=False)
class AskShows:
    """Whether to send: the kind of paper, its pages, the first one's picture. `ready`: a press would send now."""

    title: Words
    pages: int
    picture: Image
    said: Remark
    ready: bool = False
    busy: bool = False


@dataclass(frozen=True)
class ReceiptShows:
    """After handing in: what, how many pages, the code in groups, and where the dossier is now."""

    title: Words
    pages: int
    code: str
    said: Remark


@dataclass(frozen=True, eq=False)
class FeeLookShows:
    """The camera looks for a payment code."""

    live: LivePicture


@dataclass(frozen=True)
class PayShows:
    """The commune's own account. `dong`: what the code asks, 0 where it says nothing; `amount`, `in_words`: as it is
    read; `modules`: the code, dark is True.
    """

    title: str
    dong: int
    amount: str
    in_words: str
    holder: str
    account: str
    modules: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, eq=False)
class SlipShows:
    """The slip for the counter, `dong` as in PayShows; `picture` None where it could not be made."""

    title: str
    dong: int
    amount: str
    in_words: str
    holder: str
    picture: Image | None


@dataclass(frozen=True)
class StrangerShows:
    """An account that is a `stranger`'s, or one that nobody can judge; `why`: said on request."""

    stranger: bool
    title: str
    why: Words
    amount: str
    account: str
    holder: str


@dataclass(frozen=True)
class SorryShows:
    """The visit broke off. `code`: of what was handed in before, "" for nothing."""

    code: str = ""

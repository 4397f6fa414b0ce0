"""From stick to program and from program to stick; what each letter came to."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from langso.contract import DossierManifest
from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER, Direction, Letter
from langso.courier.spool import MOST_WHY, Attached, BatchAnswer, LetterOutcome, Spool, letters_in, outgoing_in
from langso.courier.stick import MOST_COPIES, CourierStick
from langso.durable.errors import FileRefused
from langso.durable.files import open_plain
from langso.durable.ownership import acting_as_owner, root_again
from langso.settings.model import Settings
from langso.trust import Refused, parse_payload, read_sealed
from langso.trust.envelope import strict_json
from langso.words.catalogue import Sentence

Found = TypeVar("Found")
PATIENCE_S = 60.0
MOST_FOR_ONE = 100
"""Letters for one device on a stick: trust, plan, catalogue, its orders, and an urgent one of each issuer."""
BATCH_BYTES = 16 << 20
"""Of letters that are laid before the program at once: what a stick brings never lies on the card as a whole."""
_LOOK_S = 0.1
_PIECE = 1 << 20


@dataclass
class StickAccount:
    """What was done, for the person who carries. `missing`: files that are wanted and were not on the stick;
    `left`: files for which the stick has no room; `waits`: nothing has taken the letters yet.
    """

    outcomes: list[LetterOutcome] = field(default_factory=list)
    written: int = 0
    files: int = 0
    missing: int = 0
    left: int = 0
    waits: bool = False


class Carrying:
    """One visit with a stick at one machine. `sleep` waits between looks for an answer."""

    def __init__(self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._office = settings.device.role == "office"
        self._me = settings.device.id
        self._state = settings.paths.state
        self._spool = Spool(self._state)
        self._sleep = sleep

    def bring(self, stick: CourierStick) -> StickAccount:
        """Gives the program here all letters on the stick that are for it, then the files it wants.

        Raises CourierRefused, FileRefused.
        """
        carried = StickAccount()
        if self._office:
            self._bring_reports(stick, carried)
        else:
            self._bring_orders(stick, carried)
        return carried

    def fetch(self, stick: CourierStick) -> StickAccount:
        """Lays down all that the program here has to send. The office takes first what the stick brings; what it has
        is then removed from the stick. Raises CourierRefused, FileRefused.
        """
        carried = self.bring(stick) if self._office else StickAccount()
        stick.tidy()
        with self._spool.visiting():
            id = self._spool.ask()
            try:
                folder = self._until(lambda: self._spool.given(id))
                if folder is None:
                    raise CourierRefused(Sentence("courier-nobody-answers"))
                self._lay(stick, folder, carried)
            finally:
                self._spool.forget(id)
        return carried

    def _bring_orders(self, stick: CourierStick, carried: StickAccount) -> None:
        letters = [letter for letter in stick.letters("to-devices") if letter.is_for(self._me)]
        if len(letters) > MOST_FOR_ONE:
            raise CourierRefused(Sentence("courier-too-many", letters=len(letters), most=MOST_FOR_ONE))
        answer = self._give_all(carried, self._readable(stick, letters, carried))
        if answer is None:
            return
        there = stick.files()
        for wanted in answer.wanted:
            # Read before it is copied: what is not what it is called never lies on the card.
            if there.get(wanted.sha256) != wanted.size or not _is_true(stick, wanted.sha256):
                carried.missing += 1
                continue
            # One by one: a card need not hold a stick's worth of sounds twice.
            file = (wanted.sha256, wanted.size, _chunks(stick, wanted.sha256))
            if self._give(carried, (), (file,)) is None:
                return
            carried.files += 1

    def _bring_reports(self, stick: CourierStick, carried: StickAccount) -> None:
        letters = stick.letters("to-office")
        small = [letter for letter in letters if letter.kind != "dossier"]
        if small and self._give_all(carried, self._readable(stick, small, carried)) is None:
            return
        there = stick.files()
        for letter, raw in self._readable(stick, [one for one in letters if one.kind == "dossier"], carried):
            sha256, size = _claimed(raw)
            whole = size > 0 and there.get(sha256) == size and _is_true(stick, sha256)
            files = [(sha256, size, _chunks(stick, sha256))] if whole else []
            if self._give(carried, ((letter, raw),), files) is None:
                return
            carried.files += len(files)

    def _lay(self, stick: CourierStick, folder: Path, carried: StickAccount) -> None:
        direction: Direction = "to-devices" if self._office else "to-office"
        letters, outgoing = dict(letters_in(folder, direction)), outgoing_in(folder)
        # Before its letters the file: a manifest without its bytes only costs another way.
        lacking = {one.name for one in outgoing.files if not self._put(stick, folder, one, carried)}
        for letter, raw in letters.items():
            if self._office or letter.name not in lacking:
                carried.written += stick.write(letter, raw)
        self._clear(stick, direction, letters)
        if self._office:
            self._clear_what_came(stick, carried, outgoing.files)

    def _clear(self, stick: CourierStick, direction: Direction, letters: Container[Letter]) -> None:
        """Removes what was laid down here another time and is said no more."""
        old = [letter for letter in stick.letters(direction) if letter not in letters]
        stick.remove(letter for letter in old if self._office or letter.device == self._me)

    def _clear_what_came(self, stick: CourierStick, carried: StickAccount, outgoing: Iterable[Attached]) -> None:
        """Removes the reports that the office has by now, and files that neither it nor a dossier still names."""
        had = {one.name for one in carried.outcomes if one.outcome in ("taken", "same", "older")}
        reports = stick.letters("to-office")
        stick.remove(letter for letter in reports if letter.name in had)
        stay = [letter for letter in reports if letter.name not in had and letter.kind == "dossier"]
        dossiers = {_claimed(raw)[0] for _, raw in self._readable(stick, stay, StickAccount())}
        stick.keep_files({*(attached.sha256 for attached in outgoing), *dossiers})

    def _put(self, stick: CourierStick, folder: Path, file: Attached, carried: StickAccount) -> bool:
        with open_plain(folder / file.sha256, follow=False) as source:
            there = stick.put_file(file.sha256, file.size, source)
        carried.files += there
        carried.left += not there
        return there

    def _readable(
        self, stick: CourierStick, letters: Iterable[Letter], carried: StickAccount
    ) -> Iterator[tuple[Letter, bytes]]:
        """Letters with their bytes, each copy of a letter that differs; one of which only a half is here is told and
        passed over: a program is never asked about what cannot be a letter, and writes no receipt of it.
        """
        names: dict[Letter, list[str]] = {}
        directions: set[Direction] = set()
        for letter in letters:
            if letter.direction not in directions:
                directions.add(letter.direction)
                names |= stick.names(letter.direction)
            whole, why = [], str(Sentence("courier-half-a-letter"))
            for name in names.get(letter, [letter.name])[:MOST_COPIES]:
                try:
                    with root_again():
                        raw = stick.read(letter, name)
                except FileRefused as error:
                    why = str(error)
                    continue
                with acting_as_owner(self._state, give=False):
                    if raw not in whole and _is_letter(letter, raw):
                        whole.append(raw)
            if not whole:
                carried.outcomes.append(LetterOutcome(name=letter.name, outcome="failed", why=why[:MOST_WHY]))
            for raw in whole:
                yield letter, raw

    def _give_all(self, carried: StickAccount, letters: Iterable[tuple[Letter, bytes]]) -> BatchAnswer | None:
        """All of them in batches, one at least; the last answer, None as soon as there is none."""
        answer: BatchAnswer | None = None
        batch: dict[Letter, bytes] = {}
        room = BATCH_BYTES
        for letter, raw in letters:
            if batch and (letter in batch or room < MAX_LETTER):
                if (answer := self._give(carried, batch.items(), ())) is None:
                    return None
                batch, room = {}, BATCH_BYTES
            batch[letter] = raw
            room -= len(raw)
        return self._give(carried, batch.items(), ()) if batch or answer is None else answer

    def _give(
        self,
        carried: StickAccount,
        letters: Iterable[tuple[Letter, bytes]],
        files: Iterable[tuple[str, int, Iterator[bytes]]],
    ) -> BatchAnswer | None:
        id = self._spool.bring(letters, files)
        answer = self._until(lambda: self._spool.answer(id))
        if answer is None:
            # The batch stays: a program that starts later takes it.
            carried.waits = True
            return None
        carried.outcomes += answer.outcomes
        return answer

    def _until(self, look: Callable[[], Found | None]) -> Found | None:
        end = time.monotonic() + PATIENCE_S
        while (found := look()) is None and time.monotonic() < end:
            self._sleep(_LOOK_S)
        return found


def _chunks(stick: CourierStick, sha256: str) -> Iterator[bytes]:
    # Asked for while the batch is laid down as the service's user, who may not open a desktop's stick.
    with contextlib.ExitStack() as open_file:
        with root_again():
            file = open_file.enter_context(stick.open_file(sha256))
        while chunk := file.read(_PIECE):
            yield chunk


def _is_true(stick: CourierStick, sha256: str) -> bool:
    """Whether a file is what it is called."""
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(stick, sha256):
            digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == sha256


def _is_letter(letter: Letter, raw: bytes) -> bool:
    """Whether it has a letter's form; who signed it is for the program to verify."""
    try:
        if letter.kind == "trust":
            strict_json(raw)
        else:
            read_sealed(raw, letter.kind)
    except Refused:
        return False
    return True


def _claimed(raw: bytes) -> tuple[str, int]:
    """The hash and size that a manifest names for its file ("", 0: none); who signed it is the desk's to verify."""
    with contextlib.suppress(Refused):
        manifest = parse_payload(read_sealed(raw, "dossier").payload, DossierManifest)
        return manifest.sha256, manifest.size
    return "", 0

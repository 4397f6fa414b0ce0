"""The courier's folder on a stick or a phone: letters each way, sounds by hash, dossiers beside their manifests."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER, MAX_LETTERS, Direction, Letter, in_order, read_letter
from langso.durable.errors import FileRefused
from langso.durable.held_folder import HeldFolder
from langso.words.catalogue import Sentence

FOLDER = "langso-courier"
FILES = "files"
SPARE = 4 << 20
"""Bytes left free on a stick: a full FAT loses its newest folder entries first."""
_FILE = re.compile("[0-9a-f]{64}")


class CourierStick:
    """What lies under `langso-courier/{commune}` of a folder; links are never followed. `make`: begun where missing.

    Damage is no error here: whatever is read is verified by whoever takes it. Raises FileRefused, CourierRefused.
    """

    def __init__(self, place: Path, commune: str, *, make: bool = False) -> None:
        self._open = contextlib.ExitStack()
        try:
            root = self._open.enter_context(HeldFolder(place))
            if not make and not root.has(FOLDER):
                raise CourierRefused(Sentence("courier-nothing-here"))
            ours = self._open.enter_context(HeldFolder.inside(root, FOLDER, make=make))
            if not make and not ours.has(commune):
                raise CourierRefused(Sentence("courier-other-commune", commune=commune))
            self._commune = self._open.enter_context(HeldFolder.inside(ours, commune, make=make))
            self._make = make
        except BaseException:
            self._open.close()
            raise

    def close(self) -> None:
        """Lets go of the folder, so that it can be unmounted."""
        self._open.close()

    def __enter__(self) -> CourierStick:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def letters(self, direction: Direction) -> list[Letter]:
        """Letters there, in the order to take them; strangers' files are passed over. Raises CourierRefused."""
        with self._inside(direction) as folder:
            if folder is None:
                return []
            found = [letter for name in folder.names("*.json") if (letter := read_letter(direction, name))]
        if len(found) > MAX_LETTERS:
            raise CourierRefused(Sentence("courier-too-many", letters=len(found), most=MAX_LETTERS))
        return in_order(found)

    def read(self, letter: Letter) -> bytes:
        """A letter's bytes. Raises FileRefused."""
        with self._inside(letter.direction) as folder:
            if folder is None:
                raise FileRefused(Sentence("courier-nothing-here"))
            return folder.read(letter.name, MAX_LETTER)

    def write(self, letter: Letter, raw: bytes) -> bool:
        """Lays a letter down durably; False where the very same lies there already. Raises FileRefused."""
        with self._inside(letter.direction, make=True) as folder:
            assert folder is not None
            with contextlib.suppress(FileRefused):
                if folder.read(letter.name, MAX_LETTER) == raw:
                    return False
            folder.write(letter.name, raw, mode=0o644)
            return True

    def remove(self, letters: Iterable[Letter]) -> None:
        """Takes letters away. Raises FileRefused."""
        for letter in letters:
            with self._inside(letter.direction) as folder:
                if folder is not None:
                    folder.remove(letter.name)

    def files(self) -> dict[str, int]:
        """Bytes of each file by the SHA-256 it is named by (not yet proven)."""
        with self._inside(FILES) as folder:
            if folder is None:
                return {}
            named = [name for name in folder.names() if _FILE.fullmatch(name)]
            return {name: size for name in named if (size := folder.size(name)) is not None}

    @contextlib.contextmanager
    def open_file(self, sha256: str) -> Iterator[BufferedReader]:
        """A file's bytes to read. Raises FileRefused."""
        with self._inside(FILES) as folder:
            if folder is None or not _FILE.fullmatch(sha256):
                raise FileRefused(Sentence("courier-nothing-here"))
            with folder.open(sha256) as file:
                yield file

    def put_file(self, sha256: str, size: int, source: BufferedReader) -> bool:
        """Copies a file in; False where it does not fit or is not what its name says. Raises FileRefused."""
        with self._inside(FILES, make=True) as folder:
            assert folder is not None
            if folder.size(sha256) == size:
                return True
            if folder.free() < size + SPARE:
                return False
            return folder.copy_in(source, sha256, sha256=sha256, most=size)

    def keep_files(self, wanted: Iterable[str]) -> int:
        """Removes files that nothing names any more; returns how many. Raises FileRefused."""
        keep, gone = set(wanted), 0
        with self._inside(FILES) as folder:
            if folder is None:
                return 0
            for name in folder.names():
                if _FILE.fullmatch(name) and name not in keep:
                    folder.remove(name)
                    gone += 1
        return gone

    def tidy(self) -> None:
        """Removes what earlier pulls of the stick left half written. Raises FileRefused."""
        for place in ("to-devices", "to-office", FILES):
            with self._inside(place) as folder:
                if folder is None:
                    continue
                for name in folder.names(".*.tmp"):
                    folder.remove(name)

    @contextlib.contextmanager
    def _inside(self, name: str, *, make: bool = False) -> Iterator[HeldFolder | None]:
        if not make and not self._commune.has(name):
            yield None
            return
        with HeldFolder.inside(self._commune, name, make=make) as folder:
            yield folder

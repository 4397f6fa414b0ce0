"""The courier's folder on a stick or a phone: letters each way, sounds by hash, dossiers beside their manifests."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path

from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER, MAX_LETTERS, Direction, Letter, as_written, in_order, read_letter
from langso.durable.errors import FileRefused
from langso.durable.held_folder import UNKNOWN_THERE, HeldFolder
from langso.words.catalogue import Sentence

FOLDER = "langso-courier"
FILES = "files"
MOST_NAMES = 20_000
"""Names of any kind looked at in one folder of a stick."""
MOST_COPIES = 4
"""Copies of one letter that are looked at: a phone keeps what lay there, and says `(1)` behind the new one."""
SPARE = 4 << 20
"""Bytes left free on a stick: a full FAT loses its newest folder entries first."""
_FILE = re.compile("[0-9a-f]{64}")


class CourierStick:
    """What lies under `langso-courier/{commune}` of a folder, or of the folder `langso-courier` itself; links are
    never followed. `make`: begun where missing. Names are read as phones and file managers change them.

    Damage is no error here: whatever is read is verified by whoever takes it. Raises FileRefused, CourierRefused.
    """

    def __init__(self, place: Path, commune: str, *, make: bool = False) -> None:
        self._open = contextlib.ExitStack()
        try:
            root = self._open.enter_context(HeldFolder(place))
            named = _named(root, FOLDER)
            if named is None and as_written(place.name) == FOLDER:
                ours = root
            elif named is None and not make:
                raise CourierRefused(Sentence("courier-nothing-here"))
            else:
                ours = self._open.enter_context(HeldFolder.inside(root, named or FOLDER, make=make))
            inner = _named(ours, commune)
            if inner is None and not make:
                raise CourierRefused(Sentence("courier-other-commune", commune=commune))
            self._commune = self._open.enter_context(HeldFolder.inside(ours, inner or commune, make=make))
            self._files: dict[str, str] = {}
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
        return in_order(list(self.names(direction)))

    def names(self, direction: Direction) -> dict[Letter, list[str]]:
        """Letters there with the files that each may lie in: its own name first. Raises CourierRefused."""
        found: dict[Letter, list[str]] = {}
        with self._inside(direction) as folder:
            for name in [] if folder is None else folder.names(most=MOST_NAMES):
                letter = read_letter(direction, as_written(name))
                if letter is not None:
                    found.setdefault(letter, []).append(name)
        if len(found) > MAX_LETTERS:
            raise CourierRefused(Sentence("courier-too-many", letters=len(found), most=MAX_LETTERS))
        return {
            letter: sorted(names, key=lambda name: (name != letter.name, name)) for letter, names in found.items()
        }

    def read(self, letter: Letter, name: str | None = None) -> bytes:
        """A letter's bytes; `name`: the file it lies in. Raises FileRefused."""
        with self._inside(letter.direction) as folder:
            if folder is None:
                raise FileRefused(Sentence("courier-nothing-here"))
            return folder.read(name or letter.name, MAX_LETTER)

    def write(self, letter: Letter, raw: bytes) -> bool:
        """Lays a letter down durably; False where the very same lies there already. Raises FileRefused."""
        with self._inside(letter.direction, make=True) as folder:
            assert folder is not None
            with contextlib.suppress(FileRefused):
                if folder.read(letter.name, MAX_LETTER) == raw:
                    return False
            try:
                folder.write(letter.name, raw, mode=0o644)
            except FileRefused as error:
                if not _unknown_there(error):
                    raise
                folder.write_plainly(letter.name, raw)
            return True

    def remove(self, letters: Iterable[Letter]) -> None:
        """Takes letters away, every copy of them. Raises FileRefused."""
        gone = list(letters)
        for direction in sorted({letter.direction for letter in gone}):
            names = self.names(direction)
            with self._inside(direction) as folder:
                if folder is None:
                    continue
                for letter in gone:
                    for name in names.get(letter, []):
                        folder.remove(name)

    def files(self) -> dict[str, int]:
        """Bytes of each file by the SHA-256 it is named by (not yet proven); of copies the largest is meant, since
        one that a phone did not finish is shorter.
        """
        sizes: dict[str, int] = {}
        self._files = {}
        with self._inside(FILES) as folder:
            if folder is None:
                return sizes
            for name in folder.names(most=MOST_NAMES):
                sha256 = as_written(name)
                size = folder.size(name) if _FILE.fullmatch(sha256) else None
                if size is not None and size > sizes.get(sha256, -1):
                    sizes[sha256], self._files[sha256] = size, name
        return sizes

    @contextlib.contextmanager
    def open_file(self, sha256: str) -> Iterator[BufferedReader]:
        """A file's bytes to read. Raises FileRefused."""
        with self._inside(FILES) as folder:
            if folder is None or not _FILE.fullmatch(sha256):
                raise FileRefused(Sentence("courier-nothing-here"))
            with folder.open(self._files.get(sha256, sha256)) as file:
                yield file

    def put_file(self, sha256: str, size: int, source: BufferedReader) -> bool:
        """Copies a file in; False where it does not fit or is not what its name says. Raises FileRefused."""
        with self._inside(FILES, make=True) as folder:
            assert folder is not None
            if folder.size(sha256) == size:
                return True
            if folder.free() < size + SPARE:
                return False
            try:
                return folder.copy_in(source, sha256, sha256=sha256, most=size)
            except FileRefused as error:
                if not _unknown_there(error):
                    raise
            source.seek(0)
            return folder.copy_in(source, sha256, sha256=sha256, most=size, plainly=True)

    def keep_files(self, wanted: Iterable[str]) -> int:
        """Removes files that nothing names any more; returns how many. Raises FileRefused."""
        keep, gone = set(wanted), 0
        with self._inside(FILES) as folder:
            if folder is None:
                return 0
            for name in folder.names(most=MOST_NAMES):
                if _FILE.fullmatch(as_written(name)) and as_written(name) not in keep:
                    folder.remove(name)
                    gone += 1
        return gone

    def tidy(self) -> None:
        """Removes what earlier pulls of the stick left half written. Raises FileRefused."""
        for place in ("to-devices", "to-office", FILES):
            with self._inside(place) as folder:
                if folder is None:
                    continue
                for name in folder.names(".*.tmp", most=MOST_NAMES):
                    folder.remove(name)

    @contextlib.contextmanager
    def _inside(self, name: str, *, make: bool = False) -> Iterator[HeldFolder | None]:
        named = _named(self._commune, name)
        if not make and named is None:
            yield None
            return
        with HeldFolder.inside(self._commune, named or name, make=make) as folder:
            yield folder


def _named(folder: HeldFolder, name: str) -> str | None:
    """What a folder of this name is called here by now; None where there is none."""
    if folder.has(name):
        return name
    return next((one for one in folder.folders(most=MOST_NAMES) if as_written(one) == name), None)


def _unknown_there(error: FileRefused) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in UNKNOWN_THERE
